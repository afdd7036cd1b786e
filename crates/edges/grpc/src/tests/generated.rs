//! What is described is what is served: every service of the descriptors is known by name, and the other way round.

use std::collections::BTreeSet;

use crate::{calls, methods};

#[test]
fn g5_every_service_that_is_described_is_served() {
    let described: BTreeSet<String> = methods::paths()
        .iter()
        .filter_map(|path| Some(path.split('/').nth(1)?.to_owned()))
        .collect();
    assert_eq!(described, calls::NAMES.map(str::to_owned).into());
}
