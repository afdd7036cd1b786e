//! A demo server with virtual members and the chat page, to look at while a bot is being written.
//! `cargo run -p sim --example page -- PORT [STATE_DIR]` prints the page's address and a bot's token.

use std::net::SocketAddr;
use std::path::PathBuf;

use sim::{MakeApplication, Sim, SimConfig};

const TOKEN: &str = "page-example.bot.token";

#[tokio::main]
#[expect(clippy::print_stdout, reason = "what it prints is what it is for")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut given = std::env::args().skip(1);
    let port = given.next().map_or(Ok(8090), |port| port.parse())?;
    let config = SimConfig {
        addr: SocketAddr::from(([127, 0, 0, 1], port)),
        state_dir: given.next().map(PathBuf::from),
        ..SimConfig::default()
    };
    let sim = Sim::start(config).await?;
    let server = sim.demo(7, 30)?;
    // A kept state has its application already.
    if let Ok(bot) = sim.control().application(MakeApplication {
        name: "Guildhall".to_owned(),
        token: Some(TOKEN.to_owned()),
        ..MakeApplication::default()
    }) {
        sim.control().install(server.guild, bot.id, 8)?;
    }
    sim.crowd(7);
    println!(
        "page   http://{}/chat\nbot    {} with the token {TOKEN}",
        sim.addr(),
        sim.api_url()
    );
    tokio::signal::ctrl_c().await?;
    sim.stop().await?;
    Ok(())
}
