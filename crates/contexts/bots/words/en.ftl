# Cards
bots-show-character = Character
bots-show-listens = Answers to
bots-show-keywords = Words it answers to
bots-show-version = Version { $number } · { $note }
bots-show-unversioned = As it came; nobody changed it yet
bots-trigger-mention = its name with an @
bots-trigger-reply = replies
bots-trigger-reaction = the reaction { $emoji }
bots-trigger-chat = /chat
bots-presets-title = Characters to start from
bots-presets-footer = Whoever may manage the server puts one in place with /setup.
bots-presets-choose = Read a talk with one of them
bots-preview-member = Member:
bots-button-presets = All characters

# Instead of an answer
bots-silence-away = { $name } can't answer: the model that writes the answers is away. Ask again in a few minutes; everything else works.
bots-silence-slow = { $name } can't answer: the model took too long. Ask again, or ask something shorter.
bots-silence-busy = { $name } can't answer: too many are talking at once. Ask again in a moment.
bots-silence-spent = { $name } can't answer: this server's AI budget for today is used up. It starts anew tomorrow.
bots-silence-member-spent = { $name } can't answer you: your share of this server's AI budget for today is used up. It starts anew tomorrow.
bots-silence-empty = { $name } has no answer to that: the model wrote nothing that can be shown. Ask in other words.
bots-silence-interrupted = This answer of { $name } was interrupted. Ask again for a whole one.

# Refusals
bots-off = The persona is off in this server. Somebody who may manage the server can turn it on in the settings, under persona.
bots-not-ours = This button or command is no longer in use. Use the command again.
bots-option-missing = The option { $option } is missing or makes no sense. Fill it in and send the command again.
bots-message-too-long = That is too long. Write at most 2000 characters.
bots-persona-invalid = The persona can't be used: { $pointer }: { $reason }. Change it and try again.
bots-no-such-version = There is no version { $number } of this persona. Choose one from the list.
bots-nothing-before = No other version was in force before this one, so there is nothing to go back to.
