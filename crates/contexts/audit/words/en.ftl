# Cards
audit-title-suppressed = Held back: { $what }
audit-title-error = Failed: { $what }
audit-title-pending = Not decided yet: { $what }
audit-action-answer = An answer
audit-action-ban = A ban
audit-action-config = A change of the settings
audit-action-delete = A message deleted
audit-action-hold = A message held for review
audit-action-judge = A judgement by a model
audit-action-kick = A member kicked
audit-action-learn = Something learnt from a talk
audit-action-note = A note on a case
audit-action-persona-deploy = Another version of the persona
audit-action-persona-pause = The persona paused
audit-action-persona-resume = The persona resumed
audit-action-rollback = Settings rolled back
audit-action-summarise = Older messages summed up
audit-action-timeout = A time-out
audit-action-unban = A ban lifted
audit-action-undo = An action undone
audit-action-warn = A warning
audit-action-other = Decision: { $action }
audit-when = Decided { $when }.
audit-why = Why: { $text }
audit-seen = What was seen: { $text }
audit-matched = What matched: { $text }
audit-memories = { $count ->
    [one] One memory was used:
   *[other] { $count } memories were used:
}
audit-history = { $count ->
    [one] One earlier message was read along with it.
   *[other] { $count } earlier messages were read along with it.
}
audit-answer = What was said: { $text }
audit-gone = (no longer kept)
audit-withheld = (not yours to see)
audit-rule = Rule
audit-model = Model
audit-prompt = prompt { $version }
audit-confidence = Confidence and cost
audit-effects = What was done
audit-no-effects = Nothing
audit-effect-pending = { $deed }: on its way
audit-effect-done = { $deed }: done
audit-effect-failed = { $deed }: failed, { $error }
audit-deed-answer = Answering the command
audit-deed-ban = Banning the member
audit-deed-delete = Removing the message
audit-deed-edit = Changing a message of mine
audit-deed-kick = Removing the member from the server
audit-deed-lock = Closing the channel
audit-deed-lockdown = Closing or opening the channel
audit-deed-post = Posting a message
audit-deed-profile = Changing how I look here
audit-deed-purge = Removing messages
audit-deed-react = Reacting to a message
audit-deed-repost = Posting the removed message again
audit-deed-slowmode = Changing the slow mode
audit-deed-tell = Telling the member by a direct message
audit-deed-timeout = Timing the member out
audit-deed-unban = Lifting the ban
audit-deed-unlock = Opening the channel
audit-deed-untimeout = Ending the time-out
audit-record = Record
audit-case = Case { $case }
audit-revision = settings revision { $revision }
audit-footer = Entry { $id } · place { $seq } · { $hash }
audit-footer-unsealed = Entry { $id } · not sealed yet
audit-mine-title = Decisions about you
audit-mine-empty = There is nothing older.
audit-mine-open = Open one

# Buttons
audit-button-mine = All about me
audit-link-receipt = Open the receipt
audit-button-older = Older

# Refusals
audit-not-ours = This button or command is no longer in use. Use /why again.
audit-one-of-both = Give a message or a case, not both.
audit-no-message = This names no message. Copy the message's link or its id, and use it with /why.
audit-other-server = This link leads to another server. Ask there.
audit-nothing-about-message = The bot decided nothing about this message that you may see. You see decisions about yourself; moderators see all.
audit-no-such-case = There is no case { $case } that you may see. You see cases about yourself; moderators see all.
audit-no-such-entry = There is no such decision that you may see.
audit-nothing-yet = The bot has decided nothing about you yet.
