//! What virtual members say, by channel: openings, and the answers that belong to each.
//! What always holds: nothing here mentions anybody, links anywhere, or looks like a command.

/// An opening and what others may answer to it.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) opening: &'static str,
    pub(super) answers: &'static [&'static str],
}

pub(super) const GAMES: [&str; 10] = [
    "Harbour Lights",
    "Moss and Stone",
    "Tiny Caravans",
    "Cartographers' Night",
    "Paper Foxes",
    "Deep Orchard",
    "Lamplighter",
    "Nine Bridges",
    "Salt Road",
    "Kettle Quest",
];
pub(super) const FOODS: [&str; 9] = [
    "lentil soup",
    "mushroom risotto",
    "banana bread",
    "a very large omelette",
    "dumplings",
    "tomato tart",
    "ramen",
    "pumpkin curry",
    "cinnamon buns",
];
pub(super) const THINGS: [&str; 10] = [
    "a brass lantern",
    "an old map",
    "a jar of fireflies",
    "a wool scarf",
    "a fishing rod",
    "a box of seeds",
    "a wooden flute",
    "a pair of sturdy boots",
    "a painted cup",
    "a pocket compass",
];
pub(super) const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

const fn exchange(opening: &'static str, answers: &'static [&'static str]) -> Exchange {
    Exchange { opening, answers }
}

const GENERAL: [Exchange; 22] = [
    exchange(
        "Good morning everyone ☀️",
        &[
            "Morning! Coffee first, then words.",
            "Morning. Is it really {day} already?",
            "Hello from the late shift 🌙",
        ],
    ),
    exchange(
        "What is everybody having for dinner tonight?",
        &[
            "I'm making {food}.",
            "Leftovers, and I'm not ashamed of it.",
            "Still negotiating with the cat about that.",
            "{food}, if I find the energy.",
        ],
    ),
    exchange(
        "I tried to make {food} today and it actually worked",
        &[
            "Recipe please!",
            "Pictures or it stays a rumour 😄",
            "That's how it starts. Next thing you own nine pans.",
        ],
    ),
    exchange(
        "Does anybody else keep a list of words they like? Mine got *petrichor* today.",
        &[
            "I collect place names. Same idea.",
            "Mine is *dusk*. Short and does its job.",
            "Now I need such a list.",
        ],
    ),
    exchange(
        "It has been raining here since yesterday",
        &[
            "Send some of it over, my garden is dust.",
            "Perfect excuse to stay in and play {game}.",
            "Same here. The street is a river by now.",
        ],
    ),
    exchange(
        "I just walked **{number}** minutes in the wrong direction because I was listening to a podcast",
        &[
            "Was it at least a good one?",
            "Counts as exercise.",
            "I do that on trains. It takes longer to fix.",
        ],
    ),
    exchange(
        "What are you all listening to at the moment?",
        &[
            "Old film scores. They make the washing-up dramatic.",
            "Nothing but rain sounds this week.",
            "The soundtrack of {game}, on repeat.",
        ],
    ),
    exchange(
        "Small victory: my desk is clean. I can see wood.",
        &[
            "Take a photo, it won't last.",
            "Inspiring. I'll do mine on {day}.",
            "What do you do with all that space?",
        ],
    ),
    exchange(
        "Question for the people with plants: how often do you water them?",
        &[
            "When they look disappointed in me.",
            "Every {day}, otherwise I forget.",
            "Poke the soil with a finger. Dry? Water. That's all the science I know.",
        ],
    ),
    exchange(
        "Is anyone up for a film night on {day}?",
        &[
            "I'm in, something with a happy end please.",
            "Yes, if it starts before nine.",
            "Can't this week, but save me a seat next time.",
        ],
    ),
    exchange(
        "My neighbour's dog greets me as if I had been away for years. Every day.",
        &[
            "That dog has the right idea.",
            "You are the highlight of somebody's day. Wear it with pride.",
            "Does the dog have a name?",
        ],
    ),
    exchange(
        "I finally fixed the squeaking door",
        &[
            "With oil or with stubbornness?",
            "The end of an era.",
            "And now it's too quiet, right?",
        ],
    ),
    exchange(
        "Do you write things down on paper or on the phone?",
        &[
            "Paper. I remember it better.",
            "Phone, and then I never look again.",
            "On the back of my hand like a professional.",
        ],
    ),
    exchange(
        "Today I learned that octopuses have three hearts",
        &[
            "And still more love to give than my printer.",
            "Fact of the day, thank you 🐙",
            "I have one and it's busy enough.",
        ],
    ),
    exchange(
        "Anybody else awake at this hour?",
        &[
            "Sadly, yes.",
            "It's noon here, so I can't complain.",
            "Sleep is for people without a half-finished puzzle.",
        ],
    ),
    exchange(
        "I've got {number} unread mails and I'm choosing peace",
        &[
            "Archive all. Be free.",
            "Only {number}? Beginner 😄",
            "If it matters they will write again.",
        ],
    ),
    exchange(
        "Recommend me a book that isn't too long",
        &[
            "Something with letters in it, those go fast.",
            "Short stories. You can stop whenever you like.",
            "Whatever has the nicest cover. I stand by that.",
        ],
    ),
    exchange(
        "Train delayed by {number} minutes, so I'm all yours",
        &[
            "Welcome to the platform lounge.",
            "Time for a round of {game}?",
            "Find the good bakery at the station, there always is one.",
        ],
    ),
    exchange(
        "What's the best thing about your week so far?",
        &[
            "I slept in on {day}.",
            "Made {food} for friends.",
            "Honestly? This chat.",
        ],
    ),
    exchange(
        "I changed the batteries of the clock and now I'm suddenly on time for everything",
        &[
            "Suspicious.",
            "It wasn't the clock that was late, was it 😉",
            "Please do mine.",
        ],
    ),
    exchange(
        "Thank you all for the help yesterday, it worked on the second try",
        &[
            "Glad to hear it!",
            "Second try is a good try.",
            "What was it in the end?",
        ],
    ),
    exchange(
        "Tea or coffee? I need to settle something.",
        &[
            "Tea, and it isn't close.",
            "Coffee until noon, tea after.",
            "Cocoa. I reject the question.",
        ],
    ),
];

const GAMES_TALK: [Exchange; 12] = [
    exchange(
        "Anyone up for a round of {game} tonight?",
        &[
            "Count me in!",
            "If we start after eight, yes.",
            "Still recovering from the last one 😅",
            "Yes, but teach me the rules again.",
        ],
    ),
    exchange(
        "I finally beat the last level of {game}",
        &[
            "Congratulations! How long did it take you?",
            "No spoilers please, I'm two levels behind.",
            "The ending is worth it, isn't it?",
        ],
    ),
    exchange(
        "What's a good game for people who have **never** played together?",
        &[
            "{game}. You learn it in five minutes.",
            "Something where everybody is on one side.",
            "Anything with drawing. Nobody can draw, that's the point.",
        ],
    ),
    exchange(
        "Unpopular opinion: losing at {game} is more fun than winning",
        &[
            "Only because you do it so well.",
            "It has the better stories, I agree.",
            "I've had so much fun then.",
        ],
    ),
    exchange(
        "Looking for one more on {day}, we're three so far",
        &[
            "I can come, what are we playing?",
            "Put me on the list.",
            "I'd love to, but {day} is laundry day.",
        ],
    ),
    exchange(
        "Do you read the rules first or just begin?",
        &[
            "Begin. The rules are for arguments later.",
            "Read them twice, explain them badly.",
            "I watch someone else lose first.",
        ],
    ),
    exchange(
        "My dice hate me. Four ones in a row.",
        &[
            "They need to be scolded.",
            "Swap them with mine, they hate everybody.",
            "That's a record, write it down 🎲",
        ],
    ),
    exchange(
        "Quiz night idea: everybody brings three questions about {food}",
        &[
            "I'm strangely qualified for this.",
            "I'll bring four and you can't stop me.",
            "Winner gets the {food}.",
        ],
    ),
    exchange(
        "Who was that on the bridge in {game} yesterday? You saved my whole run",
        &[
            "That was me, you looked lost.",
            "Not me, I was the one falling off.",
            "Heroes don't tell.",
        ],
    ),
    exchange(
        "I started {game} from the beginning and everything is different when you know how it ends",
        &[
            "All those hints in the first chapter!",
            "I did the same last winter.",
            "I should do that too.",
        ],
    ),
    exchange(
        "Score from last night: {number} to nothing",
        &[
            "We don't talk about the nothing.",
            "Rematch on {day}?",
            "I demand a recount.",
        ],
    ),
    exchange(
        "Cards or dice?",
        &[
            "Cards. At least I can blame myself.",
            "Dice, I like the noise.",
            "Whichever comes with snacks.",
        ],
    ),
];

const MARKET: [Exchange; 9] = [
    exchange(
        "Selling {thing}, **{number}** coins, hardly used",
        &[
            "Is it the one from last week? I'd take it.",
            "Would you do a little less?",
            "Lovely, but I'm saving up.",
        ],
    ),
    exchange(
        "Looking for {thing}. I can pay up to {number} coins.",
        &[
            "I have one, but the corner is chipped.",
            "Ask again on {day}, I'm expecting some.",
            "Same here, let's not bid against each other 😄",
        ],
    ),
    exchange(
        "Trade: {thing} for a helping hand with my garden?",
        &[
            "Deal, when do we start?",
            "What kind of hand? I'm good with a rake.",
            "Tempting, but I kill plants by looking at them.",
        ],
    ),
    exchange(
        "What do you think is a fair price for {thing}?",
        &[
            "Around {number}, I'd say.",
            "It depends on the shape it is in.",
            "Whatever two people agree on.",
        ],
    ),
    exchange(
        "I'm giving away {thing} to whoever tells me the best joke",
        &[
            "Why did the lantern blush? It saw the candle's wick.",
            "I only know long ones.",
            "My savings are the joke. Do I win?",
        ],
    ),
    exchange(
        "Thank you for the quick deal, the {food} was excellent",
        &[
            "Any time!",
            "You're welcome, tell your friends.",
            "I was hoping there'd be some left.",
        ],
    ),
    exchange(
        "How is everybody saving? I'm at {number} coins and proud",
        &[
            "A few every day and never look.",
            "Saving? I bought {thing} instead.",
            "Proud of you. I'm at *not many*.",
        ],
    ),
    exchange(
        "Market day on {day}, who brings what?",
        &[
            "I'm bringing {thing}.",
            "And I'm bringing {food}, for the queue.",
            "I bring the crowd. That's me, I'm the crowd.",
        ],
    ),
    exchange(
        "Found {thing} in the attic, anyone missing it?",
        &[
            "Not mine, but I'd give it a home.",
            "That could be my aunt's!",
            "Finders keepers after a week, right?",
        ],
    ),
];

const STAFF: [Exchange; 4] = [
    exchange(
        "Quiet night so far, nothing to report",
        &["Thanks for keeping an eye on it.", "Knock on wood."],
    ),
    exchange(
        "Shall we pin the market rules again? Two people asked today.",
        &[
            "Good idea, I'll do it on {day}.",
            "Yes, and in fewer words this time.",
        ],
    ),
    exchange(
        "I'm away on {day}, can somebody take the evening?",
        &["I'll be around.", "I can do until ten."],
    ),
    exchange(
        "New people seem to find their way, the welcome channel helps",
        &[
            "It does. Short texts win.",
            "We could add a line about the market.",
        ],
    ),
];

/// What is talked about in a channel of this name.
pub(super) fn of_channel(name: &str) -> &'static [Exchange] {
    match name {
        "games" => &GAMES_TALK,
        "market" => &MARKET,
        "staff-only" => &STAFF,
        _ => &GENERAL,
    }
}

/// What people react with.
pub(super) const SIGNS: [&str; 8] = ["👍", "❤️", "😂", "🎉", "👀", "🔥", "☕", "✨"];
