# Cards
economy-daily-title = { $coins } for today
economy-daily-about = { $user } claimed the daily coins.
economy-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
economy-streak = Streak
economy-balance = Balance
economy-repaid = Paid back
economy-next = Next
economy-bank = Bank
economy-held = Held back
economy-owed = Owed
economy-note = Note
economy-balance-own = In your purse.
economy-balance-of = In the purse of { $user }.
economy-balance-frozen = Frozen: no coins move until a moderator lifts it.
economy-pay-title = { $coins } for { $name }
economy-pay-about = { $payer } paid { $payee }.
economy-board-balance = Richest members
economy-board-streak = Longest streaks
economy-board-empty = Nobody is on this board yet. Claim your first coins with /daily.
economy-board-beyond = The board ends before this page. Go back with the button below.
economy-board-page = Page { $page }
economy-rank-title = #{ $place } of { $of }
economy-rank-about = Where { $user } stands by the coins in the purse.
economy-rank-none = No place yet
economy-rank-none-about = { $user } has no coins yet. The first ones come with /daily.
economy-rank-of = { $of ->
    [one] of { $of } member with coins
   *[other] of { $of } members with coins
}
economy-rank-alt = { $place ->
    [0] { $user } has no place yet. Balance { $balance }, streak { $streak }.
   *[other] { $user } has place { $place } of { $of }. Balance { $balance }, { $share } of all coins, streak { $streak }. { $days } days up to today begin with { $first }.
}
economy-share = Share of all coins
economy-change = In { $days }
economy-days-ago = { $days ->
    [0] today
    [one] yesterday
   *[other] { $days } days ago
}
economy-today = today
economy-stats-title = Coins of this server
economy-stats-empty = No coins have moved in the last 30 days. The first ones come with /daily.
economy-stats-note = { $days }, { $zone }
economy-stats-alt = { $holders ->
    [one] { $holders } member has coins.
   *[other] { $holders } members have coins.
} { $now } coins are in circulation, { $first } at the beginning of these { $days }. Claims: { $claims }. Payments: { $payments }. Most moves on { $busiest }.
economy-holders = Members with coins
economy-holders-short = Members
economy-circulating = In circulation
economy-claims = Claims
economy-payments = Payments
economy-per-day = Per day
economy-busiest = Busiest hour
economy-busiest-hours = Busiest hours
economy-fewer = fewer
economy-more = more
# The days from Monday on, short, with a space between.
economy-week-days = Mon Tue Wed Thu Fri Sat Sun
economy-timezone-title = Your time zone: { $zone }
economy-timezone-about = Your days are counted in it. Choose another with the option zone.
economy-timezone-set = Your days are counted in it from now on. After a change, the next daily is at least 20 hours after the last one.

# Buttons
economy-button-balance = Balance
economy-button-leaderboard = Leaderboard
economy-button-daily = Claim daily
economy-link-statement = Every coin
economy-button-previous = Previous
economy-button-next = Next

# Refusals
economy-off = The economy is off in this server. Somebody who may manage the server can turn it on in the settings, under economy.
economy-not-ours = This button or command is no longer in use. Use the command again.
economy-option-missing = The option { $option } is missing or makes no sense. Choose it from the list and send the command again.
economy-no-such-page = There is no such page. Pages go from 1 to 10000.
economy-pay-oneself = You can't pay yourself. Choose another member.
economy-is-bot = { $name } is a bot, and bots have no purse. Choose a member.
economy-not-member = <@{ $user }> is not a member of this server. Choose somebody who is.
economy-amount-bounds = { $amount } can't be paid. Choose a whole number from { $min } to { $max }.
economy-note-too-long = The note is too long. Write at most 100 characters.
economy-too-poor = You have { $available } to give, and wanted to pay { $amount }. Pay less, or claim more with /daily.
economy-own-purse-frozen = Your coins are frozen, so you can neither get nor give any. Ask a moderator of this server.
economy-purse-frozen = The coins of <@{ $user }> are frozen, so nothing can be paid to them. Ask a moderator of this server, or choose somebody else.
economy-already-claimed = You have claimed your coins for today. Come back <t:{ $moment }:R>, at <t:{ $moment }:f>.
economy-daily-off = There are no daily coins in this server. Somebody who may manage the server can set an amount in the settings, under economy.daily.amount.
economy-no-such-zone = There is no time zone called { $zone }. Choose one from the list that appears as you type, such as Europe/Berlin.
economy-no-purse = This user never had a purse in this server. Check whom you meant.
economy-overdraft = { $account } has { $available } to give, not { $amount }. Choose a smaller amount.
economy-unknown-account = There is no account { $account } in this server. Check its name; a purse exists once its owner is a member here.
economy-account-frozen = { $account } is frozen, so no coins move in or out. Ask a moderator of the server.
economy-frozen = The economy of this server is frozen, so no coins move. Ask whoever manages the server.
economy-same-account = { $account } can't pay itself. Choose another account.
economy-not-a-source = Nothing can be taken from { $account }. Choose a purse, a bank, the treasury, an escrow or a faucet.
economy-not-a-target = Nothing can be put into { $account }. Choose a purse, a bank, the treasury, an escrow or a sink.
economy-full = { $account } would go beyond 9007199254740991 coins. Choose a smaller amount.
economy-faucet-dry = { $account } has given out all it ever may. Choose another faucet.
economy-not-owed = { $account } owes only { $owed }. Choose at most that.
economy-not-reservable = Nothing can be held back in { $account }. Choose a purse, a bank, the treasury or an escrow.
economy-reason-too-long = The reason is too long. Write at most 400 characters.
economy-bad-expiry = A reservation lasts longer than nothing and at most 30 days. Choose a time between.
economy-bad-link = That many transfers can't be linked. Link 1 to 64.
economy-erased = One side of that transfer belonged to somebody who was erased since, so it stays as it is.
economy-conflict = The same request was used for something else before, so nothing was done. Send it again as a new one.
economy-no-such-reservation = There is no such reservation in this server. Check its id.
economy-already-resolved = That reservation was posted or voided before. Nothing is left of it.
economy-reservation-expired = That reservation has expired and its coins are free again. Reserve them anew.
economy-reservation-too-small = That reservation holds { $held }, not { $amount }. Post at most what it holds.
economy-no-such-transfer = There is no such transfer in this server. Check its id.
economy-moved-nothing = That entry moved no coins, so there is nothing to take back.
economy-already-reversed = That transfer was taken back before. It can't be taken back twice.
