//! The OpenID AuthZEN Authorization API 1.0 over [`authorize`](crate::authorize): every question is decided and recorded
//! there like any other.

use crate::Kavach;
use crate::authorize;
use crate::context::RequestContext;
use crate::error::Result;
use kavach_model::ApiError;
use kavach_model::authorize::{Authorize, Decision};
use kavach_model::authzen::{
    Configuration, Evaluation, EvaluationResult, EvaluationResults, Evaluations, PartialEvaluation,
    ResultContext, Semantic,
};
use std::net::IpAddr;

const MOST: usize = 100;
const ONE: &str = "/access/v1/evaluation";
const SEVERAL: &str = "/access/v1/evaluations";

/// Answers one question.
pub async fn evaluate(kv: &Kavach, cx: &RequestContext, question: Evaluation) -> Result<EvaluationResult> {
    Ok(result(authorize::decide(kv, cx, translate(question)?).await?))
}

/// Answers several, as far as the options say.
pub async fn evaluate_all(
    kv: &Kavach,
    cx: &RequestContext,
    several: Evaluations,
) -> Result<EvaluationResults> {
    let Evaluations { subject, action, resource, context, evaluations, options } = several;
    if evaluations.len() > MOST {
        return Err(ApiError::invalid("evaluations", format_args!("must list at most {MOST}")).into());
    }
    let evaluations = if evaluations.is_empty() { vec![PartialEvaluation::default()] } else { evaluations };
    // All are read before any is decided, so that a malformed one leaves no records of the others.
    let mut questions = Vec::with_capacity(evaluations.len());
    for (index, part) in evaluations.into_iter().enumerate() {
        let missing = |name: &str| ApiError::invalid(format!("evaluations[{index}].{name}"), "is required");
        questions.push(translate(Evaluation {
            subject: part.subject.or_else(|| subject.clone()).ok_or_else(|| missing("subject"))?,
            action: part.action.or_else(|| action.clone()).ok_or_else(|| missing("action"))?,
            resource: part.resource.or_else(|| resource.clone()).ok_or_else(|| missing("resource"))?,
            context: part.context.or_else(|| context.clone()),
        })?);
    }
    let mut results = Vec::with_capacity(questions.len());
    for question in questions {
        let answer = result(authorize::decide(kv, cx, question).await?);
        let permitted = answer.decision;
        results.push(answer);
        match options.evaluations_semantic {
            Semantic::DenyOnFirstDeny if !permitted => break,
            Semantic::PermitOnFirstPermit if permitted => break,
            _ => {}
        }
    }
    Ok(EvaluationResults { evaluations: results })
}

/// Where to ask.
pub fn configuration(kv: &Kavach) -> Configuration {
    let public = kv.config().public_url.trim_end_matches('/');
    Configuration {
        policy_decision_point: public.to_owned(),
        access_evaluation_endpoint: format!("{public}{ONE}"),
        access_evaluations_endpoint: format!("{public}{SEVERAL}"),
    }
}

fn translate(question: Evaluation) -> Result<Authorize> {
    let Evaluation { subject, action, resource, context } = question;
    if subject.kind != "agent" {
        return Err(ApiError::invalid("subject.type", "must be agent").into());
    }
    let ip = match context.as_ref().and_then(|context| context.get("ip")) {
        None => None,
        Some(ip) => {
            let address = ip.as_str().and_then(|text| text.parse::<IpAddr>().ok());
            Some(address.ok_or_else(|| ApiError::invalid("context.ip", "is not an address"))?)
        }
    };
    Ok(Authorize {
        agent_id: Some(subject.id),
        action: action.name,
        resource: format!("{}:{}", resource.kind, resource.id),
        arguments: action.properties,
        ip,
        units: None,
        context,
        on_behalf_of: subject.properties.and_then(|said| said.delegation).map(|delegation| delegation.chain),
    })
}

fn result(decision: Decision) -> EvaluationResult {
    EvaluationResult {
        decision: decision.allowed,
        context: ResultContext {
            audit_id: decision.audit_id,
            reason_code: decision.reason_code,
            reason: decision.reason,
            denied_at: decision.denied_at,
            approval_url: decision.approval.map(|approval| approval.url),
        },
    }
}
