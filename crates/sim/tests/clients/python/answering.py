"""Answers to interactions: at once, later, for one member alone; changed and deleted; forms, buttons, selects."""

import asyncio
import io

import discord
from discord import ui

from asking import with_commands
from stage import expect, holds, refused, same, scenario

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"


async def answered(stage, reply, **invoked):
    """A bot with a command `do` that answers by `reply(interaction)`; the outcome when it was run once, and the bot."""
    done = asyncio.get_running_loop().create_future()

    def define(tree, guild):
        @tree.command(name="do", guild=guild)
        async def do(interaction: discord.Interaction):
            try:
                done.set_result(await reply(interaction))
            except Exception as error:
                done.set_exception(error)

    bot = await with_commands(stage, define)
    asked = await stage.invoke("do", **invoked)
    result = await done
    return bot, await stage.outcome(asked), result


async def visible_to(stage, message):
    """Whether Mia, who asked, and Olga, who did not, see a message."""
    return (await stage.one(message) is not None, await stage.one(message, user=stage.owner) is not None)


@scenario("an immediate answer is seen by all, with embed and file, and names the command")
async def immediate(stage):
    async def reply(interaction):
        file = discord.File(io.BytesIO(b"1,2"), "table.csv")
        return await interaction.response.send_message("done", embed=discord.Embed(title="It"), file=file)

    bot, outcome, callback = await answered(stage, reply)
    message = outcome["message"]
    same((outcome["callback"], outcome["ephemeral"], message["content"]), (4, False, "done"), "the answer")
    same((message["embeds"][0]["title"], message["attachments"][0]["filename"]), ("It", "table.csv"), "embed and file")
    same(message["interaction_metadata"]["user"]["id"], stage.mia, "who asked")
    same(await visible_to(stage, message["id"]), (True, True), "seen by Mia and Olga")
    same(callback.message_id, int(message["id"]), "the message in the callback's answer")
    same(callback.resource.content, "done", "its content")


@scenario("an ephemeral answer is seen by the one who asked alone")
async def ephemeral(stage):
    bot, outcome, _ = await answered(stage, lambda i: i.response.send_message("psst", ephemeral=True))
    same((outcome["ephemeral"], outcome["message"]["content"]), (True, "psst"), "the answer")
    same(await visible_to(stage, outcome["message"]["id"]), (True, False), "seen by Mia and Olga")


@scenario("a deferred answer thinks first, and is then edited")
async def deferred(stage):
    async def reply(interaction):
        await interaction.response.defer(thinking=True)
        outcome = await stage.outcome(str(interaction.id), until="answered")
        same((outcome["callback"], outcome["deferred"]), (5, True), "the thinking")
        return await interaction.edit_original_response(content="thought", embed=discord.Embed(title="deep"))

    bot, outcome, edited = await answered(stage, reply)
    same((outcome["deferred"], outcome["message"]["content"]), (False, "thought"), "the answer")
    same(edited.id, int(outcome["message"]["id"]), "the edited message")
    same(await visible_to(stage, edited.id), (True, True), "seen by Mia and Olga")


@scenario("the first follow-up to an ephemeral deferral fills it, and stays ephemeral whatever it asks for")
async def deferred_ephemeral(stage):
    async def reply(interaction):
        await interaction.response.defer(thinking=True, ephemeral=True)
        first = await interaction.followup.send("for you", ephemeral=False, wait=True)
        second = await interaction.followup.send("for all", ephemeral=False, wait=True)
        third = await interaction.followup.send("for you too", ephemeral=True, wait=True)
        return first, second, third

    bot, outcome, (first, second, third) = await answered(stage, reply)
    same((outcome["ephemeral"], outcome["message"]["content"]), (True, "for you"), "the answer")
    same(first.id, int(outcome["message"]["id"]), "the first follow-up")
    holds(first.flags.ephemeral, "the first follow-up's flag is lost")
    same([m["content"] for m in outcome["followups"]], ["for all", "for you too"], "the other follow-ups")
    same(await visible_to(stage, first.id), (True, False), "the first, seen by Mia and Olga")
    same(await visible_to(stage, second.id), (True, True), "the second, seen by Mia and Olga")
    same(await visible_to(stage, third.id), (True, False), "the third, seen by Mia and Olga")


@scenario("the original answer and follow-ups are read, edited and deleted")
async def followups(stage):
    async def reply(interaction):
        await interaction.response.send_message("one")
        original = await interaction.original_response()
        same(original.content, "one", "the original")
        same((await interaction.edit_original_response(content="uno")).content, "uno", "the edited original")
        follow = await interaction.followup.send("two", wait=True)
        same((await follow.edit(content="due")).content, "due", "the edited follow-up")
        same((await interaction.followup.fetch_message(follow.id)).content, "due", "the fetched follow-up")
        await follow.delete()
        await refused(interaction.followup.fetch_message(follow.id), discord.NotFound, 10008)
        await interaction.delete_original_response()
        return original, follow

    bot, outcome, (original, follow) = await answered(stage, reply)
    same((outcome["message"], outcome["followups"]), (None, []), "what is left")
    same(await visible_to(stage, original.id), (False, False), "the original, seen by Mia and Olga")


@scenario("a second answer is refused: 40060")
async def twice(stage):
    async def reply(interaction):
        await interaction.response.send_message("one")
        await refused(interaction.response.send_message("two"), discord.InteractionResponded)
        # A second process that heard the same event knows nothing of the first answer.
        other = discord.InteractionResponse(interaction)
        await refused(other.send_message("two"), discord.HTTPException, 40060)

    bot, outcome, _ = await answered(stage, reply)
    same(outcome["message"]["content"], "one", "the answer")


@scenario("an answer after three seconds is refused: 10062")
async def late(stage):
    async def reply(interaction):
        outcome = await stage.outcome(str(interaction.id), until="answered")
        same(outcome["failed"], True, "what Mia sees after three seconds")
        await refused(interaction.response.send_message("sorry"), discord.NotFound, 10062)

    bot, outcome, _ = await answered(stage, reply)
    same((outcome["failed"], outcome["message"]), (True, None), "what Mia sees")


class Board(ui.View):
    """A button that counts, and a select."""

    def __init__(self):
        super().__init__(timeout=60)
        self.presses, self.chosen = 0, None

    @ui.button(label="Again", custom_id="again", style=discord.ButtonStyle.primary, emoji="🫖")
    async def again(self, interaction, button):
        self.presses += 1
        await interaction.response.edit_message(content=f"pressed {self.presses}")

    @ui.button(label="Slowly", custom_id="slowly", row=0)
    async def slowly(self, interaction, button):
        await interaction.response.defer()
        await interaction.edit_original_response(content="slowly", view=None)

    @ui.select(custom_id="tea", min_values=1, max_values=2, options=[discord.SelectOption(label="Assam", value="a"), discord.SelectOption(label="Ceylon", value="c")])  # fmt: skip
    async def tea(self, interaction, select):
        await interaction.response.send_message(f"tea {','.join(select.values)}", ephemeral=True)


@scenario("a button changes its message, at once or after a deferral, and a select tells what was chosen")
async def components(stage):
    board = Board()
    bot, outcome, _ = await answered(stage, lambda i: i.response.send_message("press", view=board))
    message = outcome["message"]["id"]
    buttons = outcome["message"]["components"][0]["components"]
    same([(b["custom_id"], b["label"]) for b in buttons], [("again", "Again"), ("slowly", "Slowly")], "the buttons")
    for number in (1, 2):
        outcome = await stage.outcome(await stage.press(message, "again", user=stage.owner))
        same(outcome["callback"], 7, "the callback")
        same((await stage.one(message))["content"], f"pressed {number}", "the message")
    outcome = await stage.outcome(await stage.press(message, "tea", values=["a", "c"]))
    same((outcome["message"]["content"], outcome["ephemeral"]), ("tea a,c", True), "the select's answer")
    changed = expect(bot, "raw_message_edit")
    outcome = await stage.outcome(await stage.press(message, "slowly"), until="answered")
    same(outcome["callback"], 6, "the callback")
    same((await changed).data["content"], "slowly", "the message's edit")
    same((await stage.one(message))["components"], [], "the components that were taken away")


@scenario("selects of users, roles and channels arrive as what they name")
async def entity_selects(stage):
    chosen = {}
    role = await stage.role("tea")

    class Pick(ui.View):
        @ui.select(cls=ui.UserSelect, custom_id="user")
        async def user(self, interaction, select):
            chosen["user"] = [value.name for value in select.values]
            await interaction.response.defer()

        @ui.select(cls=ui.RoleSelect, custom_id="role")
        async def role(self, interaction, select):
            chosen["role"] = [value.name for value in select.values]
            await interaction.response.defer()

        @ui.select(cls=ui.ChannelSelect, custom_id="channel", channel_types=[discord.ChannelType.text])
        async def channel(self, interaction, select):
            chosen["channel"] = [value.name for value in select.values]
            await interaction.response.defer()

        @ui.select(cls=ui.MentionableSelect, custom_id="either", max_values=2)
        async def either(self, interaction, select):
            chosen["either"] = sorted(value.name for value in select.values)
            await interaction.response.defer()

    bot, outcome, _ = await answered(stage, lambda i: i.response.send_message("pick", view=Pick()))
    values = {"user": [stage.owner], "role": [str(role)], "channel": [str(stage.general)], "either": [stage.mia, str(role)]}
    for custom_id, value in values.items():
        pressed = await stage.press(outcome["message"]["id"], custom_id, values=value)
        same((await stage.outcome(pressed, until="answered"))["callback"], 6, "the callback")
    same(chosen, {"user": ["olga"], "role": ["tea"], "channel": ["general"], "either": ["mia", "tea"]}, "what was chosen")


@scenario("a button on an ordinary message is pressed, and its view outlives a new connection")
async def persistent(stage):
    bot = await stage.enter()
    sent = await bot.get_channel(stage.general).send("press", view=Board())
    other = ui.View(timeout=None)
    button = ui.Button(label="Stay", custom_id="stay")

    async def stay(interaction):
        await interaction.response.send_message(f"here, {interaction.user.display_name}")

    button.callback = stay
    other.add_item(button)
    await sent.edit(view=other)
    resumed = expect(bot, "resumed")
    await stage.control("gateway/order", application=stage.app["id"], kind="reconnect")
    await resumed
    outcome = await stage.outcome(await stage.press(sent.id, "stay"))
    same(outcome["message"]["content"], "here, Mia", "the answer")
    same(outcome["message"]["message_reference"]["message_id"], str(sent.id), "the message that it stands under")


@scenario("a form opens, is submitted, and its answer is the member's own")
async def form(stage):
    class Order(ui.Modal, title="Order"):
        name = ui.TextInput(label="Name", custom_id="name", max_length=20)
        wish = ui.TextInput(label="Wish", custom_id="wish", style=discord.TextStyle.paragraph, required=False)

        async def on_submit(self, interaction):
            await interaction.response.send_message(f"{self.name.value} wishes {self.wish.value!r}", ephemeral=True)

    done = asyncio.get_running_loop().create_future()

    def define(tree, guild):
        @tree.command(name="order", guild=guild)
        async def order(interaction: discord.Interaction):
            done.set_result(await interaction.response.send_modal(Order()))

    await with_commands(stage, define)
    opener = await stage.invoke("order")
    await done
    outcome = await stage.outcome(opener, until="answered")
    same((outcome["callback"], outcome["form"]["title"]), (9, "Order"), "the form")
    fields = {"name": "Mia", "wish": "cake\nand tea"}
    told = await stage.control("submit", interaction=opener, user=stage.mia, fields=fields)
    outcome = await stage.outcome(told["interaction"])
    same((outcome["message"]["content"], outcome["ephemeral"]), ("Mia wishes 'cake\\nand tea'", True), "the answer")


@scenario("a form with labels, a select and a text is submitted whole, from a button")
async def labelled_form(stage):
    class Survey(ui.Modal, title="Survey"):
        about = ui.TextDisplay("Two questions")
        size = ui.Label(text="Size", description="of the cup", component=ui.Select(custom_id="size", options=[discord.SelectOption(label="Large", value="l"), discord.SelectOption(label="Small", value="s")]))  # fmt: skip
        note = ui.Label(text="Note", component=ui.TextInput(custom_id="note", required=False))

        async def on_submit(self, interaction):
            await interaction.response.edit_message(content=f"{self.size.component.values} {self.note.component.value}")

    class Start(ui.View):
        @ui.button(label="Start", custom_id="start")
        async def start(self, interaction, button):
            await interaction.response.send_modal(Survey())

    bot, outcome, _ = await answered(stage, lambda i: i.response.send_message("a survey", view=Start()))
    message = outcome["message"]["id"]
    pressed = await stage.press(message, "start")
    same((await stage.outcome(pressed, until="answered"))["callback"], 9, "the callback")
    told = await stage.control("submit", interaction=pressed, user=stage.mia, fields={"size": ["l"], "note": "hot"})
    same((await stage.outcome(told["interaction"], until="answered"))["callback"], 7, "the form's callback")
    same((await stage.one(message))["content"], "['l'] hot", "the message")


@scenario("a layout of containers, sections and texts is taken, and its button works")
async def layout(stage):
    class Card(ui.LayoutView):
        card = ui.Container(ui.TextDisplay("# Balance"), ui.Separator(), accent_colour=0x00AA00)

        def __init__(self):
            super().__init__()
            button = ui.Button(label="More", custom_id="more")
            button.callback = self.more
            self.card.add_item(ui.Section("500 coins", accessory=button))

        async def more(self, interaction):
            await interaction.response.send_message("more", ephemeral=True)

    bot, outcome, _ = await answered(stage, lambda i: i.response.send_message(view=Card()))
    container = outcome["message"]["components"][0]
    same([part["type"] for part in container["components"]], [10, 14, 9], "the card's parts")
    outcome = await stage.outcome(await stage.press(outcome["message"]["id"], "more"))
    same(outcome["message"]["content"], "more", "the answer")
