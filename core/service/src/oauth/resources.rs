//! The servers that tokens are for: added by administrators, found by what clients ask for (RFC 8707).

use super::resource::Resource;
use super::scope::{STANDARD, Scopes};
use super::{Answer, refuse};
use crate::context::RequestContext;
use crate::error::Result;
use crate::{Kavach, audit, names};
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditKind;
use kavach_model::oauth::{CreateResource, OAuthResource, Refusal, ResourceScope};
use kavach_model::{ApiError, ErrorCode, ResourceId, UserId};
use kavach_store::{ResourceRow, StoreError};

/// Most scopes of one server.
const MOST_SCOPES: usize = 100;

fn shown(row: ResourceRow) -> Result<OAuthResource> {
    let scopes =
        serde_json::from_str(&row.scopes).map_err(|_| StoreError::Inconsistent { column: "scopes" })?;
    let ResourceRow { id, resource, name, permission_root, created_at, .. } = row;
    Ok(OAuthResource { id, resource, name, scopes, permission_root, created_at })
}

/// Adds a server.
pub async fn create(kv: &Kavach, cx: &RequestContext, request: CreateResource) -> Result<OAuthResource> {
    let by = cx.require_fresh_admin()?;
    insert(kv, cx, request, Some(by)).await
}

/// The same, from the command line.
pub async fn create_offline(kv: &Kavach, request: CreateResource) -> Result<OAuthResource> {
    insert(kv, &RequestContext::offline(), request, None).await
}

async fn insert(
    kv: &Kavach,
    cx: &RequestContext,
    request: CreateResource,
    by: Option<UserId>,
) -> Result<OAuthResource> {
    let resource =
        Resource::parse(&request.resource).map_err(|error| ApiError::invalid("resource", error))?;
    let name = names::parse("name", &request.name, 100)?;
    let scopes = check_scopes(request.scopes)?;
    let permission_root = request.permission_root.unwrap_or_else(|| root_of(&resource));
    // A pattern below it must be one that `authorize` knows.
    if format!("{permission_root}:*").parse::<kavach_model::permission::ResourcePattern>().is_err() {
        return Err(ApiError::invalid("permissionRoot", "is not a path such as `mcp:github`").into());
    }
    let now = kv.clock().now();
    let made = OAuthResource {
        id: ResourceId::from_parts(now, crate::rng::array(kv.rng())),
        resource: resource.as_str().to_owned(),
        name,
        scopes,
        permission_root,
        created_at: now,
    };
    let row = ResourceRow {
        id: made.id,
        resource: made.resource.clone(),
        name: made.name.clone(),
        scopes: serde_json::to_string(&made.scopes).unwrap_or_default(),
        permission_root: made.permission_root.clone(),
        created_at: now,
    };
    let mut tx = kv.store().write().await?;
    if !tx.insert_oauth_resource(&row, by).await? {
        return Err(ApiError::new(ErrorCode::Conflict)
            .message("There is a server with this address already.")
            .field("resource")
            .into());
    }
    let mut event = cx.event(AuditKind::ResourceAdded, now);
    event.resource = Some(made.resource.clone());
    tx.append_audit(&[audit::draft(kv, event, cx.sponsor_id())]).await?;
    tx.commit().await?;
    Ok(made)
}

fn check_scopes(scopes: Vec<ResourceScope>) -> Result<Vec<ResourceScope>> {
    let invalid = |why: &str| ApiError::invalid("scopes", why);
    if scopes.len() > MOST_SCOPES {
        return Err(invalid("lists more than 100").into());
    }
    let mut checked: Vec<ResourceScope> = Vec::with_capacity(scopes.len());
    for scope in scopes {
        let word = scope.name.parse::<Scopes>().is_ok_and(|words| words.iter().count() == 1);
        if !word || scope.name.len() > 100 || STANDARD.contains(&scope.name.as_str()) {
            return Err(
                invalid("a scope is a word without spaces, and none of those every instance has").into()
            );
        }
        if checked.iter().any(|known| known.name == scope.name) {
            return Err(invalid("names one twice").into());
        }
        let description = match scope.description.trim() {
            "" => String::new(),
            text => names::parse("scopes", text, 200)?,
        };
        checked.push(ResourceScope { description, ..scope });
    }
    Ok(checked)
}

/// What the scopes of a server hang below where nobody said so: `mcp:` and its host, without what a pattern cannot hold.
fn root_of(resource: &Resource) -> String {
    let host = url::Url::parse(resource.as_str()).ok().and_then(|url| url.host_str().map(str::to_owned));
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
    format!("mcp:{}", host.unwrap_or_default().chars().map(plain).collect::<String>().trim_matches('-'))
}

/// Every server there is; for administrators.
pub async fn list(kv: &Kavach, cx: &RequestContext) -> Result<Vec<OAuthResource>> {
    cx.require_admin(Scope::UsersRead)?;
    all(kv).await
}

/// The same, for the program itself.
pub async fn all(kv: &Kavach) -> Result<Vec<OAuthResource>> {
    kv.store().read().await?.list_oauth_resources().await?.into_iter().map(shown).collect()
}

/// Takes a server out: no more tokens for it.
pub async fn delete(kv: &Kavach, cx: &RequestContext, id: ResourceId) -> Result<()> {
    cx.require_fresh_admin()?;
    remove(kv, cx, id).await
}

/// The same, from the command line, by its address or identifier.
pub async fn delete_offline(kv: &Kavach, named: &str) -> Result<()> {
    let wanted = Resource::parse(named).ok();
    let known = all(kv).await?.into_iter().find(|one| {
        one.id.to_string() == named || wanted.as_ref().is_some_and(|wanted| wanted.as_str() == one.resource)
    });
    let id = known.ok_or(ErrorCode::NotFound)?.id;
    remove(kv, &RequestContext::offline(), id).await
}

async fn remove(kv: &Kavach, cx: &RequestContext, id: ResourceId) -> Result<()> {
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let resource = tx.delete_oauth_resource(id).await?.ok_or(ErrorCode::NotFound)?;
    let mut event = cx.event(AuditKind::ResourceRemoved, now);
    event.resource = Some(resource);
    tx.append_audit(&[audit::draft(kv, event, cx.sponsor_id())]).await?;
    Ok(tx.commit().await?)
}

/// What was asked for: servers and scopes that there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) resources: Vec<OAuthResource>,
    pub(crate) scopes: Scopes,
}

impl Wanted {
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.resources.iter().map(|one| one.resource.clone()).collect()
    }
}

/// Finds the servers a client names, and what it may ask for there. Scopes nobody knows are passed over (OpenID Connect
/// Core, section 3.1.2.1); a client that names no scope is asked about what the server gives by default, and one that
/// names no server about the one that has the scopes it names.
pub(crate) async fn wanted(
    kv: &Kavach,
    resources: &[String],
    scope: Option<&str>,
    may_ask: Option<&Scopes>,
) -> Answer<Wanted> {
    let known = all(kv).await?;
    let invalid = |why: &'static str| refuse(Refusal::InvalidScope, why);
    let asked: Option<Scopes> = scope
        .map(|scope| scope.parse().map_err(|_| invalid("the scope is not a list of words")))
        .transpose()?;
    let mut found = named(&known, resources)?;
    let standard = |scope: &str| STANDARD.contains(&scope);
    if let Some(asked) = asked.as_ref().filter(|_| found.is_empty()) {
        let special: Vec<&str> = asked.iter().filter(|scope| !standard(scope)).collect();
        let mut offers = known.iter().filter(|one| special.iter().any(|scope| offers(one, scope)));
        if let (Some(only), None) = (offers.next(), offers.next()) {
            found = vec![only.clone()];
        }
    }
    let scopes: Scopes = match &asked {
        Some(asked) => asked
            .iter()
            .filter(|scope| standard(scope) || found.iter().any(|one| offers(one, scope)))
            .collect(),
        None if found.is_empty() => ["openid"].into_iter().collect(),
        None => found.iter().flat_map(defaults).collect(),
    };
    let scopes = match may_ask {
        Some(may_ask) => scopes.shared_with(may_ask),
        None => scopes,
    };
    if scopes.is_empty() && (asked.is_some_and(|asked| !asked.is_empty()) || found.is_empty()) {
        return Err(invalid("none of these scopes may be asked for here"));
    }
    Ok(Wanted { resources: found, scopes })
}

/// The servers that are named.
pub(crate) fn named(known: &[OAuthResource], resources: &[String]) -> Answer<Vec<OAuthResource>> {
    let mut found: Vec<OAuthResource> = Vec::new();
    for text in resources {
        let resource =
            Resource::parse(text).map_err(|error| refuse(Refusal::InvalidTarget, error.to_string()))?;
        let one = known.iter().find(|one| one.resource == resource.as_str());
        let one = one.ok_or_else(|| refuse(Refusal::InvalidTarget, "no such resource is known here"))?;
        if !found.iter().any(|known| known.id == one.id) {
            found.push(one.clone());
        }
    }
    found.sort_by(|one, other| one.resource.cmp(&other.resource));
    Ok(found)
}

fn offers(resource: &OAuthResource, scope: &str) -> bool {
    resource.scopes.iter().any(|offered| offered.name == scope)
}

/// What a server gives to clients that name nothing: what is marked so, else all it has.
fn defaults(resource: &OAuthResource) -> impl Iterator<Item = &str> {
    let marked = resource.scopes.iter().any(|scope| scope.default);
    resource.scopes.iter().filter(move |scope| scope.default || !marked).map(|scope| scope.name.as_str())
}
