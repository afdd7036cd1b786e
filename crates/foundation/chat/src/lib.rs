//! Discord's ideas without a Discord library: what comes in, what is answered, and what is owed.
//!
//! An adapter turns gateway events and signed requests into [`Incoming`] and carries [`Effect`]s out through a
//! [`Courier`]. Contexts read invocations and answer with [`Reply`] values; they know no wire.
//!
//! C1  A reply says who sees it, and whom it pings: nobody, unless it names them.
//! C2  An effect can be written down and sent later, by another process, with the same result.
//!
//! Not here: Discord's JSON, limits of its REST, and how anything looks on a page.

mod command;
mod courier;
mod effect;
mod inbox;
mod incoming;
mod invocation;
mod reply;

pub use command::{
    Access, AnswerKind, Autocomplete, Choice, CommandKind, CommandSpec, OptionKind, OptionSpec,
    Permissions,
};
pub use courier::{BoxFuture, Courier, Delivered, DeliveryError, Directory, KnownMember};
pub use effect::{AnswerContent, Effect, InteractionAnswer, InteractionToken};
pub use inbox::{DoorAnswer, Finished, Inbox, InteractionDoor, Overflow, SignedRequest};
pub use incoming::{GuildAvailable, Incoming, IncomingMessage, MemberChange};
pub use invocation::{Asker, Given, Invocation, Invoked, OptionValue, TargetUser};
pub use reply::{
    Button, ButtonStyle, Colour, Embed, Field, Form, FormField, Picture, Reply, Row, Select,
    SelectOption, Visibility,
};
