"""Commands: registering them, and what members' options become."""

import typing

import discord
from discord import app_commands

from stage import expect, holds, refused, same, scenario


class Bot(discord.Client):
    """A client with a command tree, as the library's guide has it."""

    def __init__(self, **options):
        super().__init__(**options)
        self.tree = app_commands.CommandTree(self)
        self.failures = []

        @self.tree.error
        async def failed(interaction, error):
            self.failures.append(error)


async def with_commands(stage, define):
    """A bot whose commands, made by `define(tree)`, are in the scene's guild."""
    bot = await stage.enter(kind=Bot)
    guild = discord.Object(stage.guild)
    define(bot.tree, guild)
    await bot.tree.sync(guild=guild)
    return bot


@scenario("global and guild commands are registered, read back, replaced and deleted")
async def registering(stage):
    bot = await stage.enter(kind=Bot)
    guild = discord.Object(stage.guild)

    @bot.tree.command(description="Your daily coins")
    async def daily(interaction: discord.Interaction):
        pass

    @bot.tree.command(guild=guild, description="Pays somebody", nsfw=False)
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.describe(to="whom", coins="how many")
    async def pay(interaction: discord.Interaction, to: discord.Member, coins: app_commands.Range[int, 1, 500]):
        pass

    synced = await bot.tree.sync()
    same([(command.name, command.description) for command in synced], [("daily", "Your daily coins")], "the global ones")
    synced = await bot.tree.sync(guild=guild)
    same([command.name for command in synced], ["pay"], "the guild's")
    found = await bot.tree.fetch_command(synced[0].id, guild=guild)
    options = [(o.name, o.description, o.type.name, o.required, o.min_value, o.max_value) for o in found.options]
    wanted = [("to", "whom", "user", True, None, None), ("coins", "how many", "integer", True, 1, 500)]
    same(options, wanted, "the options read back")
    holds(found.default_member_permissions.manage_messages, "the default permissions are lost")
    same([c.name for c in await bot.tree.fetch_commands()], ["daily"], "the global ones read back")
    edited = await found.edit(description="Gives coins away")
    same(edited.description, "Gives coins away", "the edited description")
    shown = await stage.control("commands", channel=str(stage.general), user=stage.owner)
    same(sorted(c["name"] for c in shown["commands"]), ["daily", "pay"], "what the owner is offered")
    shown = await stage.control("commands", channel=str(stage.general), user=stage.mia)
    same([c["name"] for c in shown["commands"]], ["daily"], "what Mia is offered")
    await edited.delete()
    await refused(bot.tree.fetch_command(edited.id, guild=guild), discord.NotFound, 10063)
    bot.tree.clear_commands(guild=None)
    same(await bot.tree.sync(), [], "the global ones, replaced by none")


@scenario("options of every type arrive as what the library's author expects")
async def options(stage):
    tea = await stage.role("tea")
    received = {}

    def define(tree, guild):
        @tree.command(guild=guild)
        @app_commands.choices(size=[app_commands.Choice(name="Small", value=1), app_commands.Choice(name="Large", value=3)])
        async def order(
            interaction: discord.Interaction,
            drink: str,
            cups: app_commands.Range[int, 1, 10],
            strength: float,
            milk: bool,
            guest: discord.Member,
            role: discord.Role,
            place: discord.TextChannel,
            size: app_commands.Choice[int],
            whom: typing.Union[discord.User, discord.Role],
            note: str = "none",
        ):
            received.update(
                drink=drink, cups=cups, strength=strength, milk=milk, guest=guest, role=role, place=place.id,
                size=(size.name, size.value), whom=whom, note=note, user=interaction.user, locale=interaction.locale,
            )  # fmt: skip
            await interaction.response.send_message("ordered")

    bot = await with_commands(stage, define)
    asked = await stage.invoke(
        "order", drink="Assam", cups=3, strength=0.5, milk=True, guest=stage.owner, role=str(tea),
        place=str(stage.general), size=3, whom=str(tea),
    )  # fmt: skip
    outcome = await stage.outcome(asked)
    same(bot.failures, [], "the bot's failures")
    same(outcome["message"]["content"], "ordered", "the answer")
    guild = bot.get_guild(stage.guild)
    role = guild.get_role(tea)
    wanted = {
        "drink": "Assam", "cups": 3, "strength": 0.5, "milk": True, "guest": guild.owner, "role": role,
        "place": stage.general, "size": ("Large", 3), "whom": role, "note": "none",
        "user": guild.get_member(int(stage.mia)), "locale": discord.Locale.american_english,
    }  # fmt: skip
    same(received, wanted, "what arrived")


@scenario("subcommands and their groups reach their own functions")
async def subcommands(stage):
    def define(tree, guild):
        config = app_commands.Group(name="config", description="Settings", guild_ids=[guild.id])
        roles = app_commands.Group(name="role", description="Roles", parent=config)

        @roles.command()
        async def add(interaction: discord.Interaction, name: str):
            await interaction.response.send_message(f"added {name} by {interaction.command.qualified_name}")

        @config.command()
        async def show(interaction: discord.Interaction):
            await interaction.response.send_message("shown")

        tree.add_command(config)

    await with_commands(stage, define)
    outcome = await stage.outcome(await stage.invoke("config role add", name="tea"))
    same(outcome["message"]["content"], "added tea by config role add", "the answer")
    outcome = await stage.outcome(await stage.invoke("config show"))
    same(outcome["message"]["content"], "shown", "the other answer")


@scenario("autocomplete offers what the bot answers")
async def autocomplete(stage):
    def define(tree, guild):
        @tree.command(guild=guild)
        async def brew(interaction: discord.Interaction, kind: str, cups: int = 1):
            await interaction.response.send_message(kind)

        @brew.autocomplete("kind")
        async def kinds(interaction: discord.Interaction, current: str):
            teas = ["Assam", "Ceylon", "Darjeeling"]
            same(interaction.namespace.cups, 2, "the other option")
            return [app_commands.Choice(name=tea, value=tea.lower()) for tea in teas if current in tea]

    bot = await with_commands(stage, define)
    told = await stage.control(
        "invoke", channel=str(stage.general), user=stage.mia, command="brew", options={"kind": "e", "cups": 2}, focused="kind"
    )  # fmt: skip
    outcome = await stage.outcome(told["interaction"], until="answered")
    same(bot.failures, [], "the bot's failures")
    offered = [(choice["name"], choice["value"]) for choice in outcome["choices"]]
    same((outcome["callback"], offered), (8, [("Ceylon", "ceylon"), ("Darjeeling", "darjeeling")]), "what is offered")


@scenario("context menus on a user and on a message arrive with their target")
async def menus(stage):
    def define(tree, guild):
        @tree.context_menu(name="Greet", guild=guild)
        async def greet(interaction: discord.Interaction, member: discord.Member):
            await interaction.response.send_message(f"hello {member.name}")

        @tree.context_menu(name="Quote", guild=guild)
        async def quote(interaction: discord.Interaction, message: discord.Message):
            await interaction.response.send_message(f"{message.author.name}: {message.content}", ephemeral=True)

    bot = await with_commands(stage, define)
    place = {"channel": str(stage.general), "user": stage.mia}
    told = await stage.control("menu", command="Greet", target_user=stage.owner, **place)
    same((await stage.outcome(told["interaction"]))["message"]["content"], "hello olga", "the greeting")
    said = await stage.say("to be or not", user=stage.owner)
    told = await stage.control("menu", command="Quote", target_message=str(said), **place)
    same((await stage.outcome(told["interaction"]))["message"]["content"], "olga: to be or not", "the quotation")
    same(bot.failures, [], "the bot's failures")


@scenario("a command is run in a direct conversation")
async def in_private(stage):
    bot = await stage.enter(kind=Bot)

    @bot.tree.command()
    async def whisper(interaction: discord.Interaction):
        await interaction.response.send_message(f"{interaction.user.name} in {interaction.guild}")

    await bot.tree.sync()
    direct = (await stage.control("direct", user=stage.mia, other=stage.app["id"]))["id"]
    outcome = await stage.outcome(await stage.invoke("whisper", channel=direct))
    same(outcome["message"]["content"], "mia in None", "the answer")
    same(bot.failures, [], "the bot's failures")


@scenario("a command's failure reaches the library's own error handler, and the member sees no answer", within_s=8)
async def failing(stage):
    def define(tree, guild):
        @tree.command(guild=guild)
        async def crash(interaction: discord.Interaction):
            raise ValueError("boom")

    bot = await with_commands(stage, define)
    told = expect(bot, "interaction")
    asked = await stage.invoke("crash")
    await told
    outcome = await stage.outcome(asked, until="answered")
    same((outcome["failed"], outcome["message"]), (True, None), "what Mia sees")
    same([type(error) for error in bot.failures], [app_commands.CommandInvokeError], "the bot's failures")
