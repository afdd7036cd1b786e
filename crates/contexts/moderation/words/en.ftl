# Cases
moderation-case = Case { $number }
moderation-case-title = Case { $number }: { $kind }
moderation-case-about = { $user } · by { $by } · { $moment }
moderation-kind-automod = rule
moderation-kind-warn = warning
moderation-kind-timeout = time-out
moderation-kind-kick = kick
moderation-kind-ban = ban
moderation-kind-note = note
moderation-by-rules = the rules
moderation-no-reason = none given
moderation-field-reason = Reason
moderation-field-found = Found
moderation-field-points = Points
moderation-field-until = Until
moderation-field-undone = Undone by
moderation-field-switched = Switched by
moderation-field-log = Log channel
moderation-expired = Its time is over.
moderation-because-of = It follows from the points of case { $number }.
moderation-log-by = by { $user }
moderation-list-all = Latest cases
moderation-list-of = Moderation history
moderation-list-empty = There are no cases here.
moderation-noted = The note stands in case { $number }.
moderation-undone = Case { $number } is undone
moderation-undone-before = Case { $number } was undone before
moderation-undone-follower = Case { $number }, which followed from it, is undone too.
moderation-back-timeout = { $user } can write again.
moderation-back-ban = { $user } may come back.
moderation-back-message = The message is posted again in { $channel }.
moderation-back-kick = Discord brings nobody back after a kick. Send an invitation.

# Measures
moderation-done-warn = { $user } is warned.
moderation-done-timeout = { $user } can't write for { $length }.
moderation-done-kick = { $user } is removed from the server.
moderation-done-ban = { $user } is banned.
moderation-done-ban-for = { $user } is banned for { $length }.
moderation-done-unban = { $user } may come back.
moderation-done-note = Noted about { $user }.
moderation-done-purge = { $count ->
    [one] The latest message goes
   *[other] The latest { $count } messages go
}
moderation-done-purge-of = { $count ->
    [one] The latest message of { $user } goes
   *[other] The latest { $count } messages of { $user } go
}
moderation-done-slowmode = One message every { $seconds } s for each member
moderation-done-slowmode-off = Slow mode is off
moderation-done-locked = The channel is locked
moderation-done-unlocked = The channel is open again
moderation-step = With { $points } points, case { $number } followed.
moderation-tell-rule = A message of yours broke a rule of the server: { $rule } (case { $number }).
moderation-tell-warn = A moderator of the server warned you: { $reason } (case { $number }).

# Rules
moderation-test-none = No rule would hit
moderation-test-hits = { $count ->
    [one] 1 rule would hit
   *[other] { $count } rules would hit
}
moderation-test-ask = **{ $rule }**: a model would be asked
moderation-test-footer = As the message of a member without roles. Nothing was done.
moderation-mode-act = acts
moderation-mode-shadow = shadow
moderation-action-delete = removes the message
moderation-action-hold = holds the message
moderation-action-warn = warns ({ $points } points)
moderation-action-points = { $points } points
moderation-action-timeout = time-out of { $length }
moderation-action-log = card in the log
moderation-status-on = Rules are applied
moderation-status-off = Rules are switched off
moderation-status-disabled = Moderation is off in the settings
moderation-status-rules = { $acting } acting, { $shadow } in shadow mode.
moderation-left-out = The rule { $rule } can't be applied: its words or patterns make no sense.
moderation-switched-on = Rules are applied again
moderation-switched-off = All rules are switched off

# Reports
moderation-reported = Thank you. The moderators see your report.
moderation-reported-before = You reported this message before. The moderators have seen it.
moderation-report-title = A member reported a message
moderation-report-about = { $user } reported { $link }

# Buttons
moderation-button-why = Why
moderation-link-receipt = Open the receipt
moderation-link-case = Open the case
moderation-button-undo = Undo
moderation-button-older = Older

# Refusals
moderation-stale = This button is no longer in use. Use the command again.
moderation-option-missing = The option { $option } is missing or makes no sense. Fill it in and send the command again.
moderation-out-of-bounds = { $option } must be a whole number from { $min } to { $max }.
moderation-bad-duration = That is no length of time up to { $days } days. Write it as 10m, 2h or 7d.
moderation-bad-time = That is longer than a sanction can last. Choose a shorter time.
moderation-reason-too-long = The reason is too long. Write at most 512 characters.
moderation-bad-text = Write 1 to 512 characters.
moderation-no-user = That is no user. Write the user's id, such as 123456789012345678.
moderation-no-channel = This works only in a channel of the server. Use it there.
moderation-no-such-case = There is no case { $number } in this server. See /case list for those there are.
moderation-lifts-ban = Taking case { $number } back would lift a ban, and you need the permission { $permission } for that. Ask somebody who has it.
moderation-not-waiting = The message of case { $number } does not wait for review. Reload the list for those that do; the case itself can be taken back on its own page.
moderation-ranks-unknown = I can't see the roles of this server at the moment, so nothing was done. Try again in a minute.
moderation-no-log-channel = This server has no log channel yet, so nobody would see a report. Ask somebody who may manage the server to choose one with /setup.
moderation-too-many-reports = You reported several messages in the last minutes. Wait ten minutes, or write to a moderator.
moderation-asker-lacks = You need the permission { $permission } for this. Ask somebody who may manage roles.
moderation-bot-lacks = I need the permission { $permission } for this. Give it to my role in the server's settings.
moderation-oneself = You can't do this to yourself. Choose another member.
moderation-the-bot = I can't do this to myself. Choose another member.
moderation-the-owner = The server belongs to this member, so nobody can do this to them.
moderation-asker-too-low = The highest role of this member is not below yours. Ask somebody with a higher role.
moderation-bot-too-low = My role is not above the highest role of this member. Drag it up in the server's settings, under roles.
moderation-administrator = Discord does not time administrators out. Take that role from the member first.
