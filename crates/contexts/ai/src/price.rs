//! What models cost, and how many tokens a text has at least, likely and at most.
//!
//! A provider's own count is a claim. It is believed only between bounds that follow from the text itself, so a forged
//! count can neither hide a cost nor invent one beyond what was reserved ([`Estimate::counted`]).

use crate::{model::Usage, request::Request};

/// The price of a model in millionths of a US dollar for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Price {
    /// Tokens read.
    pub input: i64,
    /// Tokens written.
    pub output: i64,
}

/// Prices by model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    own: Vec<(String, Price)>,
}

/// Why a price list was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no price: write MODEL=INPUT/OUTPUT in US dollars for a million tokens, such as llama3=0/0"
)]
pub struct PriceError {
    given: String,
}

/// A model that is in no list costs this: more than any of them.
pub const UNKNOWN: Price = Price {
    input: 20_000_000,
    output: 100_000_000,
};

/// Nothing.
pub const FREE: Price = Price {
    input: 0,
    output: 0,
};

const fn price(input: i64, output: i64) -> Price {
    Price { input, output }
}

/// List prices of common models by the start of their names; a later name with more than a date after it is another
/// model, and unknown.
const LISTED: [(&str, Price); 27] = [
    ("offline", FREE),
    ("gpt-4o", price(2_500_000, 10_000_000)),
    ("gpt-4o-mini", price(150_000, 600_000)),
    ("gpt-4.1", price(2_000_000, 8_000_000)),
    ("gpt-4.1-mini", price(400_000, 1_600_000)),
    ("gpt-4.1-nano", price(100_000, 400_000)),
    ("gpt-5", price(1_250_000, 10_000_000)),
    ("gpt-5-mini", price(250_000, 2_000_000)),
    ("gpt-5-nano", price(50_000, 400_000)),
    ("gpt-5.1", price(1_250_000, 10_000_000)),
    ("o3", price(2_000_000, 8_000_000)),
    ("o3-mini", price(1_100_000, 4_400_000)),
    ("o4-mini", price(1_100_000, 4_400_000)),
    ("claude-3-haiku", price(250_000, 1_250_000)),
    ("claude-3-5-haiku", price(800_000, 4_000_000)),
    ("claude-haiku-4-5", price(1_000_000, 5_000_000)),
    ("claude-3-5-sonnet", price(3_000_000, 15_000_000)),
    ("claude-3-7-sonnet", price(3_000_000, 15_000_000)),
    ("claude-sonnet-4", price(3_000_000, 15_000_000)),
    ("claude-sonnet-4-5", price(3_000_000, 15_000_000)),
    ("claude-opus-4", price(15_000_000, 75_000_000)),
    ("claude-opus-4-1", price(15_000_000, 75_000_000)),
    ("claude-opus-4-5", price(5_000_000, 25_000_000)),
    ("gemini-2.0-flash", price(100_000, 400_000)),
    ("gemini-2.5-flash", price(300_000, 2_500_000)),
    ("gemini-2.5-flash-lite", price(100_000, 400_000)),
    ("gemini-2.5-pro", price(2_500_000, 15_000_000)),
];

impl Default for Prices {
    fn default() -> Self {
        Self::listed()
    }
}

impl Prices {
    /// The list prices.
    #[must_use]
    pub const fn listed() -> Self {
        Self { own: Vec::new() }
    }

    /// The list prices with the operator's own before them: `llama3=0/0, big-model=2.5/10`.
    ///
    /// # Errors
    /// When an entry is none.
    pub fn with(list: &str) -> Result<Self, PriceError> {
        let entries = list.split(',').map(str::trim);
        let entries = entries.filter(|entry| !entry.is_empty());
        let own: Result<Vec<_>, _> = entries.map(entry).collect();
        own.map(|own| Self { own })
    }

    /// The price of a model.
    #[must_use]
    pub fn of(&self, model: &str) -> Price {
        let model = model.trim().to_ascii_lowercase();
        if let Some((_, price)) = self.own.iter().find(|(name, _)| *name == model) {
            return *price;
        }
        let plain = model.strip_prefix("models/").unwrap_or(&model);
        let listed = LISTED
            .iter()
            .find(|(name, _)| plain.strip_prefix(name).is_some_and(is_version));
        listed.map_or(UNKNOWN, |(_, price)| *price)
    }
}

/// Whether the rest of a model's name only says which version of it: a date, a revision, `latest`.
fn is_version(rest: &str) -> bool {
    let dated =
        |rest: &str| rest.len() >= 3 && rest.chars().all(|c| c.is_ascii_digit() || c == '-');
    rest.is_empty() || rest == "-latest" || rest.strip_prefix(['-', '@', ':']).is_some_and(dated)
}

fn entry(text: &str) -> Result<(String, Price), PriceError> {
    let wrong = || PriceError {
        given: text.chars().take(80).collect(),
    };
    let (model, prices) = text.rsplit_once('=').ok_or_else(wrong)?;
    let (input, output) = prices.split_once('/').ok_or_else(wrong)?;
    let (input, output) = (dollars(input), dollars(output));
    let (Some(input), Some(output), false) = (input, output, model.trim().is_empty()) else {
        return Err(wrong());
    };
    Ok((model.trim().to_ascii_lowercase(), Price { input, output }))
}

/// Dollars with up to six decimals, in millionths.
fn dollars(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str, most| text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole, 5) || !digits(part, 6) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<6}").parse().ok()?;
    Some(whole * 1_000_000 + part)
}

impl Price {
    /// What this many tokens cost, rounded up to a whole millionth.
    #[must_use]
    pub fn cost(self, usage: Usage) -> i64 {
        let part = |tokens: u64, price: i64| i128::from(tokens) * i128::from(price.max(0));
        let micros = part(usage.input, self.input) + part(usage.output, self.output);
        i64::try_from((micros + 999_999) / 1_000_000).unwrap_or(i64::MAX)
    }
}

/// How many tokens a text has, without a tokeniser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    /// Surely no fewer.
    pub least: u64,
    /// About this many.
    pub likely: u64,
    /// Surely no more: no tokeniser makes more tokens than bytes.
    pub most: u64,
}

impl Tokens {
    /// Of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let ascii = text.bytes().filter(u8::is_ascii).count() as u64;
        let others = text.chars().filter(|c| !c.is_ascii()).count() as u64;
        Self {
            least: (ascii + others).div_ceil(12),
            likely: ascii.div_ceil(4) + others,
            most: text.len() as u64,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            least: self.least + other.least,
            likely: self.likely + other.likely,
            most: self.most + other.most,
        }
    }
}

/// What a request may cost at most, and how an answer's cost is then told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// The model.
    pub model: String,
    /// Its price.
    pub price: Price,
    /// What is read.
    pub input: Tokens,
    /// The most tokens that are written.
    pub output_max: u64,
}

/// Tokens that a provider adds around each message, at most.
const MESSAGE_OVERHEAD: u64 = 16;
/// Tokens that a provider adds around a request, at most, its own guiding words for tools included.
const REQUEST_OVERHEAD: u64 = 400;

impl Estimate {
    /// Of a request to a model.
    #[must_use]
    pub fn of(prices: &Prices, model: &str, request: &Request) -> Self {
        let schema = request.schema.map(|schema| schema.json().to_string());
        let texts = request.messages.iter().map(|message| message.text.as_str());
        let mut input = texts
            .chain(schema.as_deref())
            .map(Tokens::of)
            .fold(Tokens::of(&request.system_text()), Tokens::and);
        input.most += REQUEST_OVERHEAD + MESSAGE_OVERHEAD * request.messages.len() as u64;
        Self {
            model: model.to_owned(),
            price: prices.of(model),
            input,
            output_max: u64::from(request.tokens_max),
        }
    }

    /// What is set aside: the most that this request can cost.
    #[must_use]
    pub fn reserved_micros(&self) -> i64 {
        self.price.cost(Usage {
            input: self.input.most,
            output: self.output_max,
        })
    }

    /// What is counted when a request got lost: it was probably read.
    #[must_use]
    pub fn lost(&self) -> Usage {
        Usage {
            input: self.input.likely,
            output: 0,
        }
    }

    /// What an answer counts: the provider's claim between the bounds that the texts themselves give, and our own
    /// likely number where it claims nothing.
    #[must_use]
    pub fn counted(&self, answer: &str, claimed: Option<Usage>) -> Usage {
        let output = Tokens::of(answer);
        let claimed = claimed.unwrap_or(Usage {
            input: self.input.likely,
            output: output.likely,
        });
        Usage {
            input: claimed.input.clamp(self.input.least, self.input.most),
            // Thoughts are billed and not seen, so the bound above is what was asked for, not what is seen.
            output: claimed
                .output
                .clamp(output.least.min(self.output_max), self.output_max),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Estimate, FREE, Prices, Tokens, UNKNOWN};
    use crate::{Request, model::Usage};

    #[test]
    fn known_models_have_their_price_and_others_a_high_one() {
        let prices = Prices::listed();
        assert_eq!(prices.of("gpt-4o-mini").input, 150_000);
        assert_eq!(prices.of("GPT-4o-mini-2024-07-18").input, 150_000);
        assert_eq!(prices.of("claude-sonnet-4-20250514").output, 15_000_000);
        assert_eq!(prices.of("claude-haiku-4-5-20251001").output, 5_000_000);
        assert_eq!(prices.of("models/gemini-2.5-flash").input, 300_000);
        assert_eq!(prices.of("gpt-5-pro"), UNKNOWN);
        assert_eq!(prices.of("somebody/model"), UNKNOWN);
        assert_eq!(prices.of("offline"), FREE);
    }

    #[test]
    fn the_operators_prices_come_first() {
        let prices = Prices::with(" llama3=0/0, org/gpt-4o=2.5/10.000001 ,gpt-4o=1/2").unwrap();
        assert_eq!(prices.of("Llama3"), FREE);
        assert_eq!(prices.of("org/gpt-4o").output, 10_000_001);
        assert_eq!(prices.of("gpt-4o").input, 1_000_000);
        for wrong in [
            "a",
            "a=1",
            "=1/2",
            "a=1/x",
            "a=-1/2",
            "a=1/2.1234567",
            "a=999999/1",
        ] {
            assert!(Prices::with(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn costs_are_rounded_up() {
        let prices = Prices::with("a=0.000001/0").unwrap();
        let usage = |input| Usage { input, output: 0 };
        assert_eq!(prices.of("a").cost(usage(0)), 0);
        assert_eq!(prices.of("a").cost(usage(1)), 1);
        assert_eq!(UNKNOWN.cost(usage(u64::MAX)), i64::MAX);
    }

    proptest! {
        #[test]
        fn q3_no_claim_costs_more_than_was_reserved(
            asked in any::<String>(), answer in any::<String>(), input in any::<u64>(), output in any::<u64>(),
        ) {
            let request = Request::answer("Be kind.", asked);
            let estimate = Estimate::of(&Prices::listed(), "gpt-4o", &request);
            for claimed in [None, Some(Usage { input, output })] {
                let counted = estimate.counted(&answer, claimed);
                assert!(estimate.price.cost(counted) <= estimate.reserved_micros());
                assert!(counted.input >= estimate.input.least);
                assert!(counted.output >= Tokens::of(&answer).least.min(600));
            }
            assert!(estimate.price.cost(estimate.lost()) <= estimate.reserved_micros());
        }
    }
}
