// Commands: registering them, and what members' options become.

import {
  ApplicationCommand,
  ApplicationCommandOptionType as Kind,
  ApplicationCommandType,
  ContextMenuCommandBuilder,
  Events,
  Locale,
  PermissionFlagsBits,
  SlashCommandBuilder,
} from 'discord.js';
import { control, expect, holds, refused, same, scenario } from './stage.mjs';

// A bot with these commands in the scene's guild, and what one run of them is answered with.
export async function withCommands(stage, commands, answer, options) {
  const bot = await stage.enter(options);
  await bot.guilds.cache.get(stage.guild).commands.set(commands);
  bot.failures = [];
  bot.on(Events.InteractionCreate, async (interaction) => {
    try {
      await answer(interaction);
    } catch (error) {
      bot.failures.push(error);
    }
  });
  return bot;
}

scenario('global and guild commands are registered, read back, replaced and deleted', async (stage) => {
  const bot = await stage.enter();
  const guild = bot.guilds.cache.get(stage.guild);
  const daily = new SlashCommandBuilder().setName('daily').setDescription('Your daily coins');
  const pay = new SlashCommandBuilder()
    .setName('pay')
    .setNameLocalizations({ de: 'zahle' })
    .setDescription('Pays somebody')
    .setDefaultMemberPermissions(PermissionFlagsBits.ManageMessages)
    .addUserOption((option) => option.setName('to').setDescription('whom').setRequired(true))
    .addIntegerOption((option) => option.setName('coins').setDescription('how many').setMinValue(1).setMaxValue(500));
  same([...(await bot.application.commands.set([daily])).values()].map(({ name }) => name), ['daily']);
  const set = await guild.commands.set([pay]);
  const fetched = await guild.commands.fetch(set.firstKey(), { withLocalizations: true });
  same([fetched.name, fetched.nameLocalizations, fetched.guildId], ['pay', { de: 'zahle' }, stage.guild]);
  const options = fetched.options.map((option) => [option.name, option.type, option.required ?? false, option.minValue]);
  same(options, [
    ['to', Kind.User, true, undefined],
    ['coins', Kind.Integer, false, 1],
  ]);
  holds(fetched.defaultMemberPermissions.has(PermissionFlagsBits.ManageMessages));
  holds(ApplicationCommand.optionsEqual(fetched.options, pay.toJSON().options, true), 'the options are others');
  same((await fetched.edit({ description: 'Gives coins away' })).description, 'Gives coins away');
  const offered = async (user) => {
    const { commands } = await control('commands', { channel: stage.general, user });
    return commands.map(({ name }) => name).sort();
  };
  same([await offered(stage.owner), await offered(stage.mia)], [['daily', 'pay'], ['daily']]);
  await fetched.delete();
  await refused(guild.commands.fetch(fetched.id, { force: true }), 10063);
  const created = await bot.application.commands.create({ name: 'balance', description: 'What you have' });
  same([...(await bot.application.commands.fetch()).values()].map(({ name }) => name).sort(), ['balance', 'daily']);
  await created.delete();
  same((await bot.application.commands.set([])).size, 0);
});

scenario('a command that breaks a limit is refused with the place of the fault: 50035', async (stage) => {
  const bot = await stage.enter();
  const commands = [{ name: 'fine', description: 'x' }, { name: 'Not Fine', description: '' }];
  const error = await refused(bot.application.commands.set(commands), 50035);
  holds(error.rawError.errors['1'], JSON.stringify(error.rawError));
  same((await bot.application.commands.fetch()).size, 0);
});

scenario("options of every type arrive as what the library's author expects", async (stage) => {
  const tea = await stage.role('tea');
  const types = {
    drink: Kind.String,
    cups: Kind.Integer,
    strength: Kind.Number,
    milk: Kind.Boolean,
    guest: Kind.User,
    role: Kind.Role,
    place: Kind.Channel,
    whom: Kind.Mentionable,
  };
  const options = Object.entries(types).map(([name, type]) => ({ name, type, description: name, required: true }));
  options.push({
    name: 'size',
    type: Kind.Integer,
    description: 'size',
    choices: [
      { name: 'Small', value: 1 },
      { name: 'Large', value: 3 },
    ],
  });
  let received;
  const bot = await withCommands(stage, [{ name: 'order', description: 'Orders', options }], async (interaction) => {
    const { options, member, user, locale, guildId } = interaction;
    received = {
      drink: options.getString('drink'),
      cups: options.getInteger('cups'),
      strength: options.getNumber('strength'),
      milk: options.getBoolean('milk'),
      guest: options.getMember('guest').displayName,
      role: options.getRole('role').name,
      place: options.getChannel('place').id,
      whom: options.getMentionable('whom').name,
      size: options.getInteger('size'),
      by: [member.displayName, user.id, locale, guildId],
      inform: interaction.inCachedGuild() && interaction.memberPermissions.has(PermissionFlagsBits.SendMessages),
    };
    await interaction.reply('ordered');
  });
  const given = {
    drink: 'Assam', cups: 3, strength: 0.5, milk: true, guest: stage.owner, role: tea, place: stage.general, whom: tea, size: 3,
  };
  const outcome = await stage.outcome(await stage.invoke('order', given));
  same([bot.failures, outcome.message.content], [[], 'ordered']);
  const by = ['Mia', stage.mia, Locale.EnglishUS, stage.guild];
  same(received, { ...given, guest: 'olga', role: 'tea', whom: 'tea', by, inform: true });
});

scenario('subcommands and their groups arrive by name', async (stage) => {
  const config = new SlashCommandBuilder()
    .setName('config')
    .setDescription('Settings')
    .addSubcommand((command) => command.setName('show').setDescription('Shows them'))
    .addSubcommandGroup((group) =>
      group
        .setName('role')
        .setDescription('Roles')
        .addSubcommand((command) =>
          command
            .setName('add')
            .setDescription('Adds one')
            .addStringOption((option) => option.setName('name').setDescription('its name').setRequired(true)),
        ),
    );
  const bot = await withCommands(stage, [config], (interaction) => {
    const { options } = interaction;
    const path = [options.getSubcommandGroup(), options.getSubcommand(), options.getString('name')];
    return interaction.reply(JSON.stringify(path));
  });
  let outcome = await stage.outcome(await stage.invoke('config role add', { name: 'tea' }));
  same(outcome.message.content, '["role","add","tea"]');
  outcome = await stage.outcome(await stage.invoke('config show'));
  same(outcome.message.content, '[null,"show",null]');
  same(bot.failures, []);
});

scenario('autocomplete offers what the bot answers', async (stage) => {
  const brew = new SlashCommandBuilder()
    .setName('brew')
    .setDescription('Brews')
    .addStringOption((option) =>
      option.setName('kind').setDescription('of tea').setAutocomplete(true).setRequired(true),
    );
  const bot = await withCommands(stage, [brew], async (interaction) => {
    holds(interaction.isAutocomplete());
    const typed = interaction.options.getFocused(true);
    same([typed.name, typed.value], ['kind', 'e']);
    const teas = ['Assam', 'Ceylon', 'Darjeeling'].filter((tea) => tea.includes(typed.value));
    await interaction.respond(teas.map((tea) => ({ name: tea, value: tea.toLowerCase() })));
  });
  const outcome = await stage.outcome(await stage.invoke('brew', { kind: 'e' }, { focused: 'kind' }), 'answered');
  same(bot.failures, []);
  const offered = outcome.choices.map(({ name, value }) => [name, value]);
  same([outcome.callback, offered], [8, [['Ceylon', 'ceylon'], ['Darjeeling', 'darjeeling']]]);
});

scenario('context menus on a user and on a message arrive with their target', async (stage) => {
  const menus = [
    new ContextMenuCommandBuilder().setName('Greet').setType(ApplicationCommandType.User),
    new ContextMenuCommandBuilder().setName('Quote').setType(ApplicationCommandType.Message),
  ];
  const bot = await withCommands(stage, menus, async (interaction) => {
    if (interaction.isUserContextMenuCommand()) {
      await interaction.reply(`hello ${interaction.targetMember.displayName}`);
    } else if (interaction.isMessageContextMenuCommand()) {
      const { author, content } = interaction.targetMessage;
      await interaction.reply(`${author.username}: ${content}`);
    }
  });
  const place = { channel: stage.general, user: stage.mia };
  let told = await control('menu', { command: 'Greet', target_user: stage.owner, ...place });
  same((await stage.outcome(told.interaction)).message.content, 'hello olga');
  const said = await stage.say('to be or not', { user: stage.owner });
  told = await control('menu', { command: 'Quote', target_message: said, ...place });
  same((await stage.outcome(told.interaction)).message.content, 'olga: to be or not');
  same(bot.failures, []);
});

scenario('a command is run in a direct conversation', async (stage) => {
  const bot = await stage.enter();
  await bot.application.commands.create({ name: 'whisper', description: 'Whispers' });
  const asked = expect(bot, Events.InteractionCreate);
  const channel = (await control('direct', { user: stage.mia, other: stage.app.id })).id;
  const run = await stage.invoke('whisper', {}, { channel });
  const [interaction] = await asked;
  same([interaction.user.id, interaction.guildId, interaction.channelId], [stage.mia, null, channel]);
  await interaction.reply('psst');
  same((await stage.outcome(run)).message.content, 'psst');
});
