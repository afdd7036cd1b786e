//! What an owner can set about the dashboard: the section `dashboard`.

use kernel::RoleId;
use serde::{Deserialize, Serialize};

/// Roles that may be named.
const ROLES_MAX: usize = 20;

/// The section `dashboard`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dashboard {
    /// Whoever holds one of these roles sees what managers see, and changes nothing.
    pub reader_role_ids: Vec<RoleId>,
}

/// What is wrong with settings, with the place as a JSON pointer inside the section.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct DashboardError {
    /// Where.
    pub pointer: &'static str,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl Dashboard {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn check(&self) -> Vec<DashboardError> {
        if self.reader_role_ids.len() <= ROLES_MAX {
            return Vec::new();
        }
        vec![DashboardError {
            pointer: "/reader_role_ids",
            reason: format!("at most {ROLES_MAX} roles can be named"),
        }]
    }

    /// Whether somebody with these roles is a reader.
    #[must_use]
    pub fn is_reader(&self, roles: &[RoleId]) -> bool {
        self.reader_role_ids
            .iter()
            .any(|reader| roles.contains(reader))
    }
}

#[cfg(test)]
mod tests {
    use kernel::RoleId;

    use super::Dashboard;

    fn roles(numbers: std::ops::Range<u64>) -> Vec<RoleId> {
        numbers.map(|number| RoleId::new(number).unwrap()).collect()
    }

    #[test]
    fn readers_hold_one_of_the_named_roles() {
        let set = Dashboard {
            reader_role_ids: roles(1..3),
        };
        assert!(set.is_reader(&roles(2..5)));
        assert!(!set.is_reader(&roles(3..5)) && !set.is_reader(&[]));
        assert!(!Dashboard::default().is_reader(&roles(1..9)));
    }

    #[test]
    fn only_so_many_roles_can_be_named() {
        let with = |count: u64| Dashboard {
            reader_role_ids: roles(1..count + 1),
        };
        assert!(with(20).check().is_empty());
        assert_eq!(with(21).check()[0].pointer, "/reader_role_ids");
    }
}
