//! `serve`: starts the server, says where it is, and stops it in good order.

use std::io::Write as _;

use anyhow::Context as _;
use mock_server::{BadOptions, Running};
use serde_json::json;
use tabled::settings::Style;
use tracing_subscriber::EnvFilter;

use super::flags::{Serve, Settled};
use super::{Failure, OutputFormat};

/// Serves until it is told to stop.
pub fn run(flags: Serve) -> Result<(), Failure> {
    let settled = flags.settle().map_err(Failure::Use)?;
    let filter = EnvFilter::try_new(&settled.log_level)
        .with_context(|| format!("--log-level {}", settled.log_level))
        .map_err(Failure::Use)?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start")?;
    runtime.block_on(serve(settled))
}

async fn serve(settled: Settled) -> Result<(), Failure> {
    let running =
        mock_server::start(settled.options.clone())
            .await
            .map_err(|error| match error {
                BadOptions::UnknownVendor(..) | BadOptions::Bind(..) => Failure::Use(error.into()),
                other => Failure::Internal(other.into()),
            })?;
    announce(&running, &settled).context("cannot write")?;
    stop_signal().await.context("cannot wait for a signal")?;
    let app = running.app().clone();
    running.stop().await;
    let (mut busy, mut scheduled) = (0, 0);
    for workspace in app.workspaces().all() {
        let left = workspace.deliveries.outstanding();
        busy += left.0;
        scheduled += left.1;
    }
    eprintln!("stopped; webhooks left: {busy} on their way, {scheduled} to be tried again");
    Ok(())
}

/// One line on standard output when ready, then the table of vendors on standard error.
fn announce(running: &Running, settled: &Settled) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let url = running.url();
    match settled.format {
        OutputFormat::Text => writeln!(out, "mock-server is ready at {url}")?,
        OutputFormat::Json => {
            let vendors: serde_json::Map<_, _> = running
                .app()
                .vendors()
                .iter()
                .map(|mounted| {
                    (
                        mounted.name.to_owned(),
                        json!(running.base_url(mounted.name)),
                    )
                })
                .collect();
            let ports: serde_json::Map<_, _> = running
                .vendor_addresses
                .iter()
                .map(|(name, address)| ((*name).to_owned(), json!(format!("http://{address}"))))
                .collect();
            let ready =
                json!({"ready": true, "url": url, "vendors": vendors, "vendor_ports": ports});
            writeln!(out, "{ready}")?;
        }
    }
    out.flush()?;
    if settled.format == OutputFormat::Text {
        let rows = super::listing::vendor_rows(running.app().vendors(), &url);
        eprintln!("{}", tabled::Table::new(rows).with(Style::sharp()));
        for (name, address) in &running.vendor_addresses {
            eprintln!("{name} is also at http://{address}");
        }
        eprintln!("Control API: {url}/__admin/vendors · stop with Ctrl-C");
    }
    if settled.token_made
        && let Some(token) = &settled.options.admin_token
    {
        eprintln!("Admin token (send it as a Bearer token to /__admin): {token}");
    }
    Ok(())
}

/// Waits until somebody wants this process to end.
pub async fn stop_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
