//! Sample values of pages about people: a member's own, a case to be taken back, and who gets in.

use app::{Access, Role, Standing};
use economy::AccountView;
use kernel::Coins;
use moderation::{Case, CaseKind, CaseState, Deed, Novelty, Undone};
use platform::{Session, SessionId};

use super::{State, samples};
use crate::pages::{access, mine, undo};

pub(super) fn mine_view(state: State) -> mine::View {
    let account = AccountView {
        user: samples::user(13),
        balance: Coins::new(1_240),
        bank: Coins::ZERO,
        held: Coins::new(50),
        owed: Coins::ZERO,
        streak: 4,
        daily_at: Some(samples::ago(600)),
        frozen: false,
        version: 9,
    };
    let is_empty = state == State::Empty;
    mine::View {
        account: (!is_empty).then(|| (account, samples::wrote(state, "🪙"))),
        latest: samples::entries(state).into_iter().take(3).collect(),
        names: samples::names(state),
    }
}

fn case(state: State, number: i64, kind: CaseKind) -> Case {
    Case {
        guild: kernel::GuildId::new(100).expect("above zero"),
        number,
        kind,
        state: CaseState::Open,
        user: samples::user(13),
        moderator: (kind != CaseKind::Automod).then(|| samples::user(11)),
        opened_by: "system".to_owned(),
        rule_id: None,
        message: None,
        channel: None,
        reason: samples::wrote(state, "No spam"),
        at: samples::ago(44),
        points: 2,
        until: None,
        parent: None,
        hits: Vec::new(),
        undone_by: None,
        undone_at: None,
        undo_reason: None,
    }
}

/// A case whose points led to another; in the empty server one that was taken back before.
pub(super) fn undo_view(state: State) -> undo::View {
    let user = samples::user(13);
    let repost = Deed::Repost {
        channel: samples::channel(51),
        user,
        text: samples::wrote(state, "free nitro at evil.example, hurry up"),
    };
    let is_empty = state == State::Empty;
    let outlook = Undone {
        novelty: if is_empty {
            Novelty::Before
        } else {
            Novelty::New
        },
        case: case(state, 17, CaseKind::Automod),
        followers: if is_empty {
            Vec::new()
        } else {
            vec![case(state, 18, CaseKind::Timeout)]
        },
        deeds: if is_empty {
            Vec::new()
        } else {
            vec![repost, Deed::LiftTimeout { user }]
        },
    };
    undo::View {
        outlook,
        names: samples::names(state),
        refused: (state == State::Hostile)
            .then(|| (samples::HOSTILE.to_owned(), samples::HOSTILE.to_owned())),
    }
}

pub(super) fn access_view(state: State) -> access::View {
    let standing = |role, access, keeps_cases| Standing {
        role,
        access,
        keeps_cases,
        bans: keeps_cases,
    };
    let roles = vec![
        (
            samples::wrote(state, "Harbour masters"),
            standing(Role::Manager, Access::Manage, true),
        ),
        (
            samples::wrote(state, "Moderators"),
            standing(Role::Moderator, Access::Manage, true),
        ),
        (
            samples::wrote(state, "Auditors"),
            standing(Role::Manager, Access::Read, false),
        ),
    ];
    let session = |number, agent: &str, minutes| Session {
        id: SessionId::new(number),
        user: samples::user(11),
        name: "Ada".to_owned(),
        guilds: Vec::new(),
        agent: samples::wrote(state, agent),
        began_at: samples::ago(minutes + 300),
        seen_at: samples::ago(minutes),
        was_shown_around: false,
    };
    let is_empty = state == State::Empty;
    let mut sessions = vec![session(1, "Mozilla/5.0 (X11; Linux) Firefox/140.0", 0)];
    if !is_empty {
        let phone = "Mozilla/5.0 (iPhone) Safari/604.1";
        sessions.push(session(2, phone, 95));
    }
    access::View {
        roles: if is_empty { Vec::new() } else { roles },
        tokens: super::tokens::tokens(state),
        changes: samples::entries(state).into_iter().take(4).collect(),
        has_writes: !is_empty,
        names: samples::names(state),
        sessions,
        present: SessionId::new(1),
        back: "/dashboard/guilds/100/access".to_owned(),
    }
}
