//! Discord's ideas without a Discord library: what comes in, what is answered, and what is owed.
//!
//! An adapter turns gateway events and signed requests into [`Incoming`] and carries [`Effect`]s out through a
//! [`Courier`]. Contexts read invocations and answer with [`Reply`] values; they know no wire.
//!
//! C1  A reply says who sees it, and whom it pings: nobody, unless it names them.
//! C2  An effect can be written down and sent later, by another process, with the same result.
//! C3  What a member may do where is worked out as Discord documents it; what is not known allows nothing.
//! C4  A channel counts as read by everyone only where that is known.
//! C5  Nobody acts on the owner, on themselves, or on somebody whose highest role is as high as theirs.
//!
//! Not here: Discord's JSON, limits of its REST, and how anything looks on a page.

mod bytes;
mod clip;
mod command;
mod courier;
mod deed;
mod drawing;
mod effect;
mod guild;
mod inbox;
mod incoming;
mod invocation;
mod link;
mod message;
mod permissions;
mod reply;
mod sign_in;
mod split;

pub use clip::{clip, clip_filled, units};
pub use command::{
    Access, AnswerKind, Autocomplete, Choice, CommandKind, CommandSpec, OptionKind, OptionSpec,
};
pub use courier::{BoxFuture, Courier, Delivered, DeliveryError, Directory, KnownMember};
pub use deed::{
    Ban, Change, Delete, Edit, Kick, Lock, Profile, React, Slowmode, Tell, Timeout, Unban,
};
pub use drawing::{
    Board, BoardRow, CHARTS_MAX, Chart, Drawing, FIGURES_MAX, Figure, Marks, POINTS_MAX, Picture,
    ROWS_MAX, RankCard, Series, Sheet, Shown, WEEK_SQUARES,
};
pub use effect::{AnswerContent, Effect, InteractionAnswer, InteractionToken};
pub use guild::{ChannelKind, ChannelView, GuildView, Overwrite, OverwriteFor, RoleView};
pub use inbox::{DoorAnswer, Finished, Inbox, InteractionDoor, Overflow, SignedRequest};
pub use incoming::{GuildAvailable, Incoming, MemberChange, MessagesDeleted, Reaction};
pub use invocation::{Asker, Given, Invocation, Invoked, OptionValue, TargetUser};
pub use link::{Link, Page};
pub use message::{CARRIED_MAX, CarriedText, Carrier, IncomingMessage, TEXT_MAX};
pub use permissions::Permissions;
pub use reply::{
    Button, ButtonStyle, Colour, Document, Embed, Field, Form, FormField, Reply, Row, Select,
    SelectOption, UPLOAD_MAX, Visibility,
};
pub use sign_in::{OwnGuild, Pass, Person, SignIn, SignInFailure};
pub use split::{PART_MAX, PARTS_MAX, pieces};
