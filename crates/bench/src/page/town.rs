//! The guild whose pages are asked for: how large it is, who is in it, and a thing of each sort to ask about.

use anyhow::{Context, Result};
use audit::EntryId;
use kernel::{ChannelId, GuildId, Id, UserId};
use memory::FactId;
use sim::Snowflake;

use crate::scene::Scene;

/// How much there is in the guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// People with a purse, the owner among them.
    pub members: u32,
    /// Rows of the journal.
    pub transfers: u32,
    /// Decisions in the audit.
    pub entries: u32,
    /// Cases of moderation.
    pub cases: u32,
    /// What is remembered.
    pub facts: u32,
    /// Revisions of the settings.
    pub revisions: u32,
    /// Jobs that failed for good, and as many effects.
    pub letters: u32,
}

impl Size {
    /// The largest guild that is planned for.
    pub const LARGEST: Self = Self {
        members: 59_028,
        transfers: 1_000_000,
        entries: 100_000,
        cases: 20_000,
        facts: 10_000,
        revisions: 300,
        letters: 1_000,
    };
    /// Enough for a second page of every list.
    pub const SMALL: Self = Self {
        members: 1_500,
        transfers: 6_000,
        entries: 1_500,
        cases: 600,
        facts: 400,
        revisions: 60,
        letters: 60,
    };
}

/// The guild and its people.
#[derive(Debug, Clone)]
pub(crate) struct Town {
    pub(crate) guild: GuildId,
    pub(crate) channel: ChannelId,
    pub(crate) owner: UserId,
    /// Who operates the installation.
    pub(crate) operator: UserId,
    /// Everybody with a purse: those in front do the most, and the owner comes last.
    pub(crate) people: Vec<UserId>,
}

/// Something of each sort that a page can be about.
#[derive(Debug, Clone)]
pub(crate) struct Anchors {
    /// Who did the most.
    pub(crate) member: UserId,
    pub(crate) transfer: i64,
    pub(crate) entry: EntryId,
    pub(crate) case: i64,
    pub(crate) fact: FactId,
    pub(crate) revision: i64,
    pub(crate) version: i64,
    pub(crate) rule: String,
    pub(crate) token: i64,
    /// A job that failed for good.
    pub(crate) letter: i64,
}

impl Town {
    /// The guild of a scene.
    pub(crate) fn of(scene: &Scene) -> Result<Self> {
        let mut people = Vec::with_capacity(scene.members.len() + 1);
        for member in scene.members.iter().chain([&scene.owner]) {
            people.push(id(*member)?);
        }
        Ok(Self {
            guild: id(scene.guild)?,
            channel: id(scene.channel)?,
            owner: id(scene.owner)?,
            operator: *people.first().context("a guild has members")?,
            people,
        })
    }
}

fn id<Of>(snowflake: Snowflake) -> Result<Id<Of>> {
    Ok(Id::new(snowflake.0)?)
}
