//! The methods that there are, read from the descriptors: what a call may be named in metrics.

use std::collections::BTreeSet;

use prost::Message;
use prost_types::FileDescriptorSet;

use crate::generated::descriptors::DESCRIPTORS;

/// The paths of all methods of ours, such as `/guildhall.v1.Economy/GetAccount`.
pub(crate) fn paths() -> BTreeSet<String> {
    let set = FileDescriptorSet::decode(DESCRIPTORS)
        .expect("a test holds that the descriptors are what was made from the files");
    let mut paths = BTreeSet::new();
    for file in &set.file {
        for service in &file.service {
            for method in &service.method {
                let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                paths.insert(path);
            }
        }
    }
    paths
}
