//! Runs what is asked for, one after the other, so that none disturbs the next.

use crate::{
    CaseResult, Name, Options, audit, balance, command, converse, crash, gateway, idle, ledger,
    moderation, origin, page, rollback, servers::Servers, startup, storm,
};

/// Measures, and says on the way what it is at. A case that fails says so in its line; the others go on.
pub async fn run(options: Options, mut progress: impl FnMut(&str)) -> Vec<CaseResult> {
    let servers = Servers::default();
    let commit = origin::commit();
    let mut results = Vec::new();
    for name in &options.names {
        let cases = match name {
            Name::Ledger => ledger::run(&options, &servers, &mut progress).await,
            Name::Balance => balance::run(&options, &servers, &mut progress).await,
            Name::Gateway => Box::pin(gateway::run(&options, &mut progress)).await,
            Name::Command => Box::pin(command::run(&options, &mut progress)).await,
            Name::Converse => Box::pin(converse::run(&options, &mut progress)).await,
            Name::Moderation => moderation::run(&options, &mut progress).await,
            Name::Rollback => rollback::run(&options, &servers, &mut progress).await,
            Name::Startup => Box::pin(startup::run(&options, &mut progress)).await,
            Name::Idle => Box::pin(idle::run(&options, &mut progress)).await,
            Name::Page => Box::pin(page::run(&options, &servers, &mut progress)).await,
            Name::Storm => Box::pin(storm::run(&options, &mut progress)).await,
            Name::Crash => Box::pin(crash::run(&options, &mut progress)).await,
            Name::Audit => Box::pin(audit::run(&options, &mut progress)).await,
        };
        results.extend(
            cases
                .into_iter()
                .map(|case| case.signed(&commit, options.seed)),
        );
    }
    results
}
