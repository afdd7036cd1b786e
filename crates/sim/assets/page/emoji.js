// A small set of emoji with names to find them by: for reactions, the picker, and `:name:` in the composer. Pure.

const LIST = `👍 thumbsup yes|👎 thumbsdown no|❤️ heart love|😂 joy laugh|😄 smile happy|😅 sweat_smile|😊 blush|😉 wink|😎 sunglasses cool|🤔 thinking|😮 open_mouth wow|😢 cry sad|😭 sob|😡 rage angry|🥳 partying|😴 sleeping|🙃 upside_down|🤷 shrug|🙌 raised_hands|👏 clap|🙏 pray thanks|💪 muscle|👀 eyes|👋 wave hello|🤝 handshake deal|✌️ victory|🔥 fire|✨ sparkles|⭐ star|🎉 tada party|🎁 gift|🏆 trophy|🥇 first_place|🥈 second_place|🥉 third_place|🎲 game_die dice|🎯 dart|🎮 video_game|🃏 joker card|🪙 coin|💰 moneybag|💎 gem|📈 chart_up|📉 chart_down|🛒 cart|🎣 fishing|⛏️ pick|🌳 tree|🌙 moon|☀️ sun|☕ coffee|🍕 pizza|🍰 cake|🍪 cookie|🐟 fish|🐱 cat|🐶 dog|🦊 fox|🐢 turtle|🚀 rocket|💡 bulb idea|📌 pushpin|📝 memo|🔔 bell|🔒 lock|✅ check done|❌ cross|⚠️ warning|❓ question|❗ exclamation|💯 hundred|➕ plus|🕐 clock|📅 calendar`;

export const EMOJI = LIST.split("|").map((line) => {
  const [sign, ...names] = line.split(" ");
  return { sign, name: names[0], names };
});

export const QUICK = ["👍", "❤️", "😂", "🎉"];

/** Emoji whose name begins with or holds the typed letters. */
export function findEmoji(typed) {
  const letters = typed.toLowerCase();
  const begins = EMOJI.filter((one) => one.names.some((name) => name.startsWith(letters)));
  return [...begins, ...EMOJI.filter((one) => !begins.includes(one) && one.names.some((name) => name.includes(letters)))];
}

/** Whole `:name:`s become their emoji; code is left alone by leaving ticks alone. */
export function withEmoji(text) {
  return text.split(/(`[^`]*`)/).map((part) => part.startsWith("`") ? part
    : part.replace(/:(\w{2,30}):/g, (whole, name) => EMOJI.find((one) => one.names.includes(name))?.sign ?? whole)).join("");
}
