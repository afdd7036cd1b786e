// Answers to interactions: at once, later, for one member alone; changed and deleted; forms, buttons, selects.

import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  ChannelSelectMenuBuilder,
  ComponentType,
  ContainerBuilder,
  Events,
  MentionableSelectMenuBuilder,
  MessageFlags,
  ModalBuilder,
  RoleSelectMenuBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
  UserSelectMenuBuilder,
} from 'discord.js';
import { control, expect, holds, refused, same, scenario } from './stage.mjs';
import { withCommands } from './asking.mjs';

const Ephemeral = MessageFlags.Ephemeral;

// A bot with a command `do` that answers by `reply(interaction)`; its outcome when run once.
async function answered(stage, reply) {
  let settle;
  const done = new Promise((resolve, reject) => {
    settle = (interaction) =>
      interaction.isChatInputCommand() && Promise.resolve(reply(interaction)).then(resolve, reject);
  });
  const bot = await withCommands(stage, [{ name: 'do', description: 'Does it' }], settle);
  const asked = await stage.invoke('do');
  const result = await done;
  return { bot, result, outcome: await stage.outcome(asked) };
}

// Whether Mia, who asked, and Olga, who did not, see a message.
async function visible(stage, message) {
  const [mia, olga] = [await stage.one(message), await stage.one(message, { user: stage.owner })];
  return [mia !== null, olga !== null];
}

const row = (...components) => new ActionRowBuilder().addComponents(components);
const button = (id, label) => new ButtonBuilder().setCustomId(id).setLabel(label).setStyle(ButtonStyle.Primary);

scenario('an immediate answer is seen by all, with embed and file, and comes back with its callback', async (stage) => {
  const { outcome, result } = await answered(stage, (interaction) =>
    interaction.reply({
      content: 'done',
      embeds: [{ title: 'It' }],
      files: [new AttachmentBuilder(Buffer.from('1,2'), { name: 'table.csv' })],
      withResponse: true,
    }),
  );
  const { message } = outcome;
  same([outcome.callback, outcome.ephemeral, message.content], [4, false, 'done']);
  same([message.embeds[0].title, message.attachments[0].filename], ['It', 'table.csv']);
  same(message.interaction_metadata.user.id, stage.mia);
  same(await visible(stage, message.id), [true, true]);
  same([result.interaction.responseMessageId, result.resource.message.content], [message.id, 'done']);
});

scenario('an ephemeral answer is seen by the one who asked alone', async (stage) => {
  const { outcome } = await answered(stage, (interaction) => interaction.reply({ content: 'psst', flags: Ephemeral }));
  same([outcome.ephemeral, outcome.message.content], [true, 'psst']);
  same(await visible(stage, outcome.message.id), [true, false]);
});

scenario('a deferred answer thinks first, and is then edited', async (stage) => {
  const { outcome, result } = await answered(stage, async (interaction) => {
    await interaction.deferReply();
    const thinking = await stage.outcome(interaction.id, 'answered');
    same([thinking.callback, thinking.deferred], [5, true]);
    return interaction.editReply({ content: 'thought', embeds: [{ title: 'deep' }] });
  });
  same([outcome.deferred, outcome.message.content, result.id], [false, 'thought', outcome.message.id]);
  same(await visible(stage, result.id), [true, true]);
});

scenario('the first follow-up to an ephemeral deferral fills it, and stays ephemeral whatever it asks for', async (stage) => {
  const { outcome, result } = await answered(stage, async (interaction) => {
    await interaction.deferReply({ flags: Ephemeral });
    const first = await interaction.followUp({ content: 'for you' });
    const second = await interaction.followUp({ content: 'for all' });
    const third = await interaction.followUp({ content: 'for you too', flags: Ephemeral });
    return [first, second, third];
  });
  same([outcome.ephemeral, outcome.message.content], [true, 'for you']);
  holds(result[0].flags.has(Ephemeral));
  const seen = await Promise.all(result.map(({ id }) => visible(stage, id)));
  same(seen, [[true, false], [true, true], [true, false]]);
});

scenario('the original answer and follow-ups are read, edited and deleted', async (stage) => {
  const { outcome, result } = await answered(stage, async (interaction) => {
    await interaction.reply('one');
    same((await interaction.fetchReply()).content, 'one');
    same((await interaction.editReply('uno')).content, 'uno');
    const follow = await interaction.followUp('two');
    same((await interaction.editReply({ message: follow, content: 'due' })).content, 'due');
    same((await interaction.fetchReply(follow.id)).content, 'due');
    await interaction.deleteReply(follow);
    await refused(interaction.fetchReply(follow.id), 10008);
    const original = await interaction.fetchReply();
    await interaction.deleteReply();
    return original;
  });
  same([outcome.message, outcome.followups], [null, []]);
  same(await visible(stage, result.id), [false, false]);
});

scenario('a second answer is refused: 40060', async (stage) => {
  await answered(stage, async (interaction) => {
    await interaction.reply('one');
    await refused(interaction.reply('two'), 'InteractionAlreadyReplied');
    // A second process that heard the same event knows nothing of the first answer.
    const { rest } = interaction.client;
    const body = { type: 4, data: { content: 'two' } };
    await refused(rest.post(`/interactions/${interaction.id}/${interaction.token}/callback`, { body, auth: false }), 40060);
  });
});

scenario('an answer after three seconds is refused: 10062', async (stage) => {
  const { outcome } = await answered(stage, async (interaction) => {
    same((await stage.outcome(interaction.id, 'answered')).failed, true);
    await refused(interaction.reply('sorry'), 10062);
  });
  same([outcome.failed, outcome.message], [true, null]);
});

scenario('a button changes its message, at once or after a deferral, and a select tells what was chosen', async (stage) => {
  const options = [{ label: 'Assam', value: 'a', emoji: '🫖' }, { label: 'Ceylon', value: 'c' }];
  const select = new StringSelectMenuBuilder().setCustomId('tea').setMaxValues(2).addOptions(options);
  const components = [row(button('again', 'Again').setEmoji('🔁'), button('slowly', 'Slowly')), row(select)];
  const { bot, outcome } = await answered(stage, (interaction) => interaction.reply({ content: 'press', components }));
  const message = outcome.message.id;
  let presses = 0;
  bot.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isStringSelectMenu()) {
      await interaction.reply({ content: `tea ${interaction.values}`, flags: Ephemeral });
    } else if (interaction.isButton() && interaction.customId === 'again') {
      presses += 1;
      await interaction.update(`pressed ${presses}`);
    } else if (interaction.isButton()) {
      await interaction.deferUpdate();
      await interaction.editReply({ content: 'slowly', components: [] });
    }
  });
  for (const wanted of ['pressed 1', 'pressed 2']) {
    same((await stage.outcome(await stage.press(message, 'again', [], stage.owner))).callback, 7);
    same((await stage.one(message)).content, wanted);
  }
  const chosen = await stage.outcome(await stage.press(message, 'tea', ['a', 'c']));
  same([chosen.message.content, chosen.ephemeral], ['tea a,c', true]);
  const changed = expect(bot, Events.MessageUpdate, (_, after) => after.content === 'slowly');
  same((await stage.outcome(await stage.press(message, 'slowly'), 'answered')).callback, 6);
  await changed;
  same((await stage.one(message)).components, []);
});

scenario('selects of users, roles, channels and either arrive as what they name', async (stage) => {
  const role = await stage.role('tea');
  const components = [
    row(new UserSelectMenuBuilder().setCustomId('user')),
    row(new RoleSelectMenuBuilder().setCustomId('role')),
    row(new ChannelSelectMenuBuilder().setCustomId('channel')),
    row(new MentionableSelectMenuBuilder().setCustomId('either').setMaxValues(2)),
  ];
  const { bot, outcome } = await answered(stage, (interaction) => interaction.reply({ content: 'pick', components }));
  const chosen = {};
  bot.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isAnySelectMenu()) return;
    const { users, roles, channels } = interaction;
    chosen[interaction.customId] = [
      ...(users?.map((user) => user.username) ?? []),
      ...(roles?.map(({ name }) => name) ?? []),
      ...(channels?.map(({ name }) => name) ?? []),
    ];
    await interaction.deferUpdate();
  });
  const values = { user: [stage.owner], role: [role], channel: [stage.general], either: [stage.mia, role] };
  for (const [custom_id, value] of Object.entries(values)) {
    const pressed = await stage.press(outcome.message.id, custom_id, value);
    same((await stage.outcome(pressed, 'answered')).callback, 6);
  }
  same(chosen, { user: ['olga'], role: ['tea'], channel: ['general'], either: ['mia', 'tea'] });
});

scenario("a collector on an ordinary message takes a member's click", async (stage) => {
  const bot = await stage.enter();
  const sent = await bot.channels.cache.get(stage.general).send({ content: 'press', components: [row(button('b', 'B'))] });
  const click = sent.awaitMessageComponent({ componentType: ComponentType.Button, time: 5_000 });
  const pressed = await stage.press(sent.id, 'b');
  const interaction = await click;
  same([interaction.user.id, interaction.message.id], [stage.mia, sent.id]);
  await interaction.reply('here');
  const { message } = await stage.outcome(pressed);
  same([message.content, message.message_reference.message_id], ['here', sent.id]);
});

scenario('a form opens from a command, is submitted, and is answered', async (stage) => {
  const input = (id, style) => new TextInputBuilder().setCustomId(id).setLabel(id).setStyle(style);
  const modal = new ModalBuilder()
    .setCustomId('order')
    .setTitle('Order')
    .addComponents(
      row(input('name', TextInputStyle.Short).setMaxLength(20)),
      row(input('wish', TextInputStyle.Paragraph).setRequired(false)),
    );
  const bot = await stage.enter();
  await bot.guilds.cache.get(stage.guild).commands.set([{ name: 'order', description: 'Orders' }]);
  const asked = expect(bot, Events.InteractionCreate);
  const opener = await stage.invoke('order');
  const [interaction] = await asked;
  await interaction.showModal(modal);
  const outcome = await stage.outcome(opener, 'answered');
  same([outcome.callback, outcome.form.title], [9, 'Order']);
  const submitted = interaction.awaitModalSubmit({ time: 5_000 });
  const fields = { name: 'Mia', wish: 'cake\nand tea' };
  const told = await control('submit', { interaction: opener, user: stage.mia, fields });
  const form = await submitted;
  await form.reply({
    content: JSON.stringify([form.fields.getTextInputValue('name'), form.fields.getTextInputValue('wish')]),
    flags: Ephemeral,
  });
  const answer = await stage.outcome(told.interaction);
  same([answer.message.content, answer.ephemeral], ['["Mia","cake\\nand tea"]', true]);
});

scenario('a form from a button changes the message that it came from', async (stage) => {
  const modal = new ModalBuilder()
    .setCustomId('note')
    .setTitle('Note')
    .addComponents(row(new TextInputBuilder().setCustomId('text').setLabel('Text').setStyle(TextInputStyle.Short)));
  const { bot, outcome } = await answered(stage, (interaction) =>
    interaction.reply({ content: 'a note', components: [row(button('write', 'Write'))] }),
  );
  bot.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isButton()) await interaction.showModal(modal);
    if (interaction.isModalSubmit()) await interaction.update(interaction.fields.getTextInputValue('text'));
  });
  const pressed = await stage.press(outcome.message.id, 'write');
  same((await stage.outcome(pressed, 'answered')).callback, 9);
  const told = await control('submit', { interaction: pressed, user: stage.mia, fields: { text: 'buy milk' } });
  same((await stage.outcome(told.interaction, 'answered')).callback, 7);
  same((await stage.one(outcome.message.id)).content, 'buy milk');
});

scenario('a layout of containers and texts is taken, and its button works', async (stage) => {
  const card = new ContainerBuilder()
    .setAccentColor(0x00aa00)
    .addTextDisplayComponents(new TextDisplayBuilder().setContent('# Balance'))
    .addSeparatorComponents((separator) => separator)
    .addSectionComponents((section) =>
      section
        .addTextDisplayComponents(new TextDisplayBuilder().setContent('500 coins'))
        .setButtonAccessory(button('more', 'More')),
    );
  const { bot, outcome } = await answered(stage, (interaction) =>
    interaction.reply({ components: [card], flags: MessageFlags.IsComponentsV2 }),
  );
  same(outcome.message.components[0].components.map(({ type }) => type), [10, 14, 9]);
  const clicked = expect(bot, Events.InteractionCreate, (interaction) => interaction.isButton());
  const pressed = await stage.press(outcome.message.id, 'more');
  await (await clicked)[0].reply({ content: 'more', flags: Ephemeral });
  same((await stage.outcome(pressed)).message.content, 'more');
});
