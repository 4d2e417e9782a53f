//! `kavach user`: help for people who cannot get in.

use super::admin::finish;
use super::offline;
use clap::{Args, Subcommand};
use kavach_model::recovery::CreateEnrolmentLink;
use kavach_service::config::Config;
use kavach_service::recovery::enrolment;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Make a link with which a person sets their password, once, within a day; prints it
    EnrolmentLink(EnrolmentLink),
}

#[derive(Debug, Args)]
pub(super) struct EnrolmentLink {
    /// The address of the account
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// Using the link also takes the authenticator app and the backup codes away, which were lost
    #[arg(long)]
    remove_second_factor: bool,
}

pub(super) async fn run(config: Config, command: &User) -> Result<(), String> {
    let User::EnrolmentLink(args) = command;
    let offline = offline(config).await?;
    let request = CreateEnrolmentLink { remove_second_factor: args.remove_second_factor };
    let made = enrolment::issue_offline(&offline.0, &args.email, request).await;
    finish(offline, made.map(|link| link.url)).await
}
