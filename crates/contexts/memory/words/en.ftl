# Cards
memory-show-title = What is remembered about you
memory-show-empty = Nothing. Tell the bot something about yourself, or add it with /memory add.
memory-line = `{ $id }` { $text } · until { $until }
memory-line-channel = `{ $id }` { $text } · only in { $channel } · until { $until }
memory-line-guild = `{ $id }` { $text } · about this server, from you · until { $until }
memory-line-guild-channel = `{ $id }` { $text } · about this server, from you · only in { $channel } · until { $until }
memory-state-on = Remembering is on. Forget one with its button, or everything with /memory forget all.
memory-state-off = Remembering is off: nothing here is used, and nothing is added.
memory-state-guild-off = Memory is off in this server: nothing here is used, and nothing is added.
memory-added = Remembered
memory-added-known = Already known, and kept for longer
memory-added-replaced = Remembered, in place of what was known before
memory-forgotten = Forgotten
memory-forgotten-all = { $count ->
    [one] { $count } memory forgotten
   *[other] { $count } memories forgotten
}
memory-forgotten-all-about = The last things you and the bot said to each other are forgotten too.
memory-on = Remembering is on
memory-on-about = The bot learns from what you say again, and uses what it knew of you before.
memory-off = Remembering is off
memory-off-about = Nothing is learnt from you now, nothing known of you is used, and what you last said is forgotten. What was known stays on the list until you forget it with /memory forget all.
memory-export-begun = Everything that is kept of you is being gathered.
memory-exported = Everything that is kept of you in this server, as a file for you to keep.
memory-exported-about = Everything that is kept of you in this server, as JSON
memory-exported-too-long = What is kept of you in this server is longer than a file in Discord may be; ask whoever runs this bot for it.
memory-erase-title = Erase everything that is kept of you in this server?
memory-erase-about = What is remembered, what you said, and your name in records go for good. Coins can't be given back, and moderation cases stay without your words. This can't be undone.
memory-erase-begun = Everything that is kept of you is being erased.
memory-erase-kept = Nothing was erased
memory-erase-kept-about = Everything is as it was.
memory-erased = { $count ->
    [one] Erased: { $count } thing
   *[other] Erased: { $count } things
}
memory-erased-about = Nothing that you said or that was known of you is kept in this server any more.

# Buttons
memory-button-forget = Forget { $id }
memory-button-previous = Previous
memory-button-next = Next
memory-button-show = What is remembered
memory-button-on = Remember me
memory-button-off = Stop remembering
memory-button-export = Export everything
memory-button-erase = Erase everything
memory-button-keep = Keep it

# Refusals
memory-guild-off = Memory is off in this server, or this part of it. Somebody who may manage the server can turn it on in the settings, under memory.
memory-not-ours = This button or command is no longer in use. Use the command again.
memory-option-missing = The option { $option } is missing or makes no sense. Fill it in and send the command again.
memory-no-such-fact = There is no such memory of yours. Choose a number from /memory show, or write all.
memory-twice = This was done before.
memory-opted-out = You turned remembering off, so nothing was kept. Turn it on with /memory on first.
memory-somebody-else = That is about somebody else, and only they can have it remembered. Write something about yourself.
memory-secret = That looks like a password, a key or a card's number, so it was not kept. Leave it out.
memory-empty = There is nothing to remember in that. Write a short sentence about yourself.
