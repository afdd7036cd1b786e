# Cards
platform-overview-title = Settings, revision { $revision }
platform-byline = by { $author } <t:{ $moment }:R>
platform-author-system = Guildhall
platform-author-erased = somebody who was erased
platform-economy = Economy
platform-persona = Persona
platform-memory = Memory
platform-moderation = Moderation
platform-privacy = Message text
platform-kept-days = { $days ->
    [0] not kept
    [one] kept { $days } day
   *[other] kept { $days } days
}
platform-on = On
platform-off = Off
platform-rules = { $count ->
    [0] no rules
    [one] { $count } rule
   *[other] { $count } rules
}
platform-saved = Saved as revision { $revision }.
platform-more-changes = and { $count } more
platform-history-title = Earlier settings
platform-history-about = Going back makes a new revision, so it can be undone as well.
platform-revision = Revision { $revision }
platform-go-back = Go back to …
platform-setup-title = Set up
platform-setup-about = Three choices, each saved at once. Change them whenever you like.
platform-setup-many-channels = Only the first channels are listed here. Set any other one in the settings document.
platform-choose-preset = Who answers: choose a persona
platform-choose-channel = Where the persona answers every message
platform-choose-log = Where moderation posts its log
platform-everywhere = Answers only when it is spoken to
platform-no-log = No log channel
platform-check-good = I have every permission I need here.

# What keeps the bot from working
platform-role-too-low = I can't time out, kick or ban everybody: my role { $mine } is below { $above }. Open Server settings, Roles, and drag it up.
platform-channel-closed = I can't post in { $channel }. Allow me to view it and send messages there, or choose another channel.
platform-no-message-content = Discord does not show me what messages say, so word rules and keywords stand still. The operator turns on the message content intent in Discord's developer portal, under Bot.
platform-need-view-channels = I can't see your channels. Give my role the permission View Channels.
platform-need-send-messages = I can't answer. Give my role the permission Send Messages.
platform-need-embed-links = I can't post cards. Give my role the permission Embed Links.
platform-need-manage-messages = I can't take messages away. Give my role the permission Manage Messages.
platform-need-time-out = I can't time out members. Give my role the permission Timeout Members.
platform-need-kick = I can't kick members. Give my role the permission Kick Members.
platform-need-ban = I can't ban members. Give my role the permission Ban Members.
platform-need-manage-channels = I can't slow channels down. Give my role the permission Manage Channels.
platform-need-manage-roles = I can't lock channels. Give my role the permission Manage Roles.

# Buttons
platform-turn-on = Turn { $feature } on
platform-turn-off = Turn { $feature } off
platform-button-setup = Set up
platform-link-settings = All settings
platform-button-history = History
platform-button-undo = Undo this change
platform-button-overview = Settings
platform-button-older = Older
platform-button-check = Check again

# Refusals
platform-not-ours = This button or command is no longer in use. Use /settings again.
platform-not-permitted = You need the permission Manage Server for this. Ask somebody who has it.
platform-not-started = This server has no settings yet. Wait a moment and try again.
platform-stale = Somebody has changed the settings since: you saw revision { $base }, now it is { $head }. Use /settings again and look at what changed.
platform-cause-reused = The same request was used for something else before, so nothing was changed. Send it again as a new one.
platform-note-too-long = The note is too long. Write at most 300 characters.
platform-no-such-revision = There is no revision { $revision } in this server. Choose one from the history.
platform-nothing-then = This server had no settings then: I joined later. Choose a later moment.
platform-refused-today = Those settings no longer pass the check, so nothing was changed: { $reason }
platform-wrong = { $pointer }: { $reason }. Nothing was changed.
platform-policy = Not allowed at { $pointer }: { $reason }. The rule stands in: { $stands }.
platform-bad-document = The settings would grow too long or too deep, so nothing was changed. Make them shorter.
platform-secret-bad-name = A secret's name has 1 to 64 lower-case letters, digits, dots, dashes or underscores. Choose such a name.
platform-secret-bad-value = A secret has 1 to 4096 bytes on one line. Copy it again from where you got it.
platform-secret-too-many = There are too many secrets. Delete one first.
platform-secret-unavailable = A secret that is needed can't be opened. Ask the operator to check the master key.
platform-token-bad-name = A token's name has 1 to 40 lower-case letters, digits and dashes, and can't be operator, cli or system. Choose such a name.
platform-token-name-taken = This server has a token called { $name } already. Revoke it first, or choose another name.
platform-token-no-scope = A token needs at least one scope. Say what it may do.
platform-token-too-many = This server has as many tokens as it may. Revoke one first.
