//! Strategic merge patches, as `kubectl patch --type=strategic` applies them (k8s.io/apimachinery
//! `pkg/util/strategicpatch`): maps merge, `null` deletes, lists of elements with a merge key merge element by element, other
//! lists are replaced. Pure; called where overrides are applied and judged.
//!
//! Directives: `{$patch: replace}` replaces a map or a list, `{<key>: …, $patch: delete}` deletes an element. The others are
//! refused: they order lists, or are about lists of texts and unions, which no override needs. Where two elements share a merge
//! key (a port with TCP and with UDP), the other keys of the list decide, as server-side apply and kustomize do.

use serde_json::{Map, Value};

use super::schema::{Keys, Schema};
use crate::diagnostic::Route;

const DIRECTIVE: &str = "$patch";

/// Why a patch cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The way to the cause in the patch.
    pub route: Route,
    /// What is wrong, as a sentence without a dot.
    pub what: String,
    /// What to write instead.
    pub help: &'static str,
}

/// Whether a patch applies, or why not.
type Merged<T> = Result<T, Refusal>;

fn refuse<T>(route: &Route, what: impl Into<String>, help: &'static str) -> Merged<T> {
    Err(Refusal { route: route.clone(), what: what.into(), help })
}

/// The object with the patch laid over it. `schema` is that of the object's kind.
pub fn merged(object: &Value, patch: &Map<String, Value>, schema: Schema) -> Merged<Value> {
    if let Some(directive) = patch.get(DIRECTIVE) {
        let help = "remove `$patch`; an override changes parts of an object";
        return refuse(&Route::root().key(DIRECTIVE), format!("`$patch: {directive}` is about a whole object"), help);
    }
    merged_map(object.as_object(), patch, Some(schema), &Route::root()).map(Value::Object)
}

/// A map with a patch; `None` for a map that is not there.
fn merged_map(
    original: Option<&Map<String, Value>>,
    patch: &Map<String, Value>,
    schema: Option<Schema>,
    route: &Route,
) -> Merged<Map<String, Value>> {
    let is_replaced = match patch.get(DIRECTIVE) {
        None => false,
        Some(directive) if directive == "replace" => true,
        Some(directive) => {
            let what = format!("a map cannot have `$patch: {}`", plain(directive));
            return refuse(&route.key(DIRECTIVE), what, "write `null` in place of the map to delete it");
        }
    };
    let mut result = original.filter(|_| !is_replaced).cloned().unwrap_or_default();
    for (key, value) in patch.iter().filter(|(key, _)| *key != DIRECTIVE) {
        let route = route.key(key);
        if key.starts_with('$') {
            let help = "write the values themselves; `null` deletes a value, `$patch: delete` an element of a list";
            return refuse(&route, format!("the directive `{key}` is not supported"), help);
        }
        if value.is_null() {
            result.remove(key);
            continue;
        }
        let value = merged_value(result.get(key), value, schema.and_then(|schema| schema.field(key)), &route)?;
        result.insert(key.clone(), value);
    }
    Ok(result)
}

fn merged_value(original: Option<&Value>, patch: &Value, schema: Option<Schema>, route: &Route) -> Merged<Value> {
    match patch {
        Value::Object(patch) => {
            merged_map(original.and_then(Value::as_object), patch, schema, route).map(Value::Object)
        }
        Value::Array(patch) => match schema.and_then(|schema| Some((schema.keys()?, schema.item()))) {
            Some((keys, schema)) => {
                let original = original.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                List { keys, schema }.merged(original, patch, route).map(Value::Array)
            }
            None => {
                let items = patch.iter().enumerate();
                items.map(|(index, item)| whole(item, &route.index(index))).collect::<Merged<_>>().map(Value::Array)
            }
        },
        other => Ok(other.clone()),
    }
}

/// A value inside of a list that is replaced as a whole: nothing is merged there.
fn whole(value: &Value, route: &Route) -> Merged<Value> {
    match value {
        Value::Object(map) if map.contains_key(DIRECTIVE) => {
            let help = "remove `$patch`; write the whole list";
            refuse(&route.key(DIRECTIVE), "Kubernetes does not merge this list; it is replaced as a whole", help)
        }
        Value::Object(map) => merged_map(None, map, None, route).map(Value::Object),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.map(|(index, item)| whole(item, &route.index(index))).collect::<Merged<_>>().map(Value::Array)
        }
        other => Ok(other.clone()),
    }
}

/// A list whose elements have a merge key.
struct List {
    keys: Keys,
    schema: Option<Schema>,
}

impl List {
    fn merged(&self, original: &[Value], patch: &[Value], route: &Route) -> Merged<Vec<Value>> {
        let mut items: Vec<Value> = original.to_vec();
        let mut is_replaced = false;
        let mut written: Vec<(Route, &Map<String, Value>)> = Vec::new();
        for (index, element) in patch.iter().enumerate() {
            let route = route.index(index);
            let Value::Object(element) = element else {
                return refuse(&route, "the elements of this list are maps", "write a map with the key of the element");
            };
            match element.get(DIRECTIVE) {
                Some(directive) if directive == "replace" && element.len() == 1 => is_replaced = true,
                Some(directive) if directive == "delete" => {
                    let deleted = self.matching(&items, element, &route)?;
                    items =
                        items.into_iter().enumerate().filter(|(at, _)| !deleted.contains(at)).map(|it| it.1).collect();
                }
                Some(directive) => {
                    let what = format!("an element cannot have `$patch: {}` beside other keys", plain(directive));
                    let help =
                        "write `$patch: delete` with the key of the element, or `- $patch: replace` alone for the list";
                    return refuse(&route.key(DIRECTIVE), what, help);
                }
                None => written.push((route, element)),
            }
        }
        if is_replaced {
            items.clear();
        }
        self.merge_elements(items, &written)
    }

    /// Elements that are there are merged, the others are new; then the order is made.
    fn merge_elements(&self, mut items: Vec<Value>, written: &[(Route, &Map<String, Value>)]) -> Merged<Vec<Value>> {
        let n_there = items.len();
        let mut patched: Vec<usize> = Vec::new();
        for (route, element) in written {
            let at = match self.matching(&items, element, route)?.as_slice() {
                [] => {
                    items.push(Value::Object(merged_map(None, element, self.schema, route)?));
                    items.len() - 1
                }
                [at] => {
                    items[*at] = Value::Object(merged_map(items[*at].as_object(), element, self.schema, route)?);
                    *at
                }
                several => {
                    let what = format!("{} elements have this `{}`", several.len(), self.keys.merge);
                    return refuse(route, what, "add the other keys of the element, such as `protocol`");
                }
            };
            if patched.contains(&at) {
                let what = format!("two elements have the same `{}`", self.keys.merge);
                return refuse(route, what, "merge the two elements");
            }
            patched.push(at);
        }
        Ok(in_order(items, n_there, &patched))
    }

    /// The positions of the elements that an element of the patch means.
    fn matching(&self, items: &[Value], element: &Map<String, Value>, route: &Route) -> Merged<Vec<usize>> {
        let Some(value) = element.get(self.keys.merge).filter(|value| !value.is_null()) else {
            let what = format!("the element has no `{}`, by which Kubernetes merges this list", self.keys.merge);
            return refuse(route, what, "add it; `- $patch: replace` replaces the list");
        };
        let agrees = |item: &Value| {
            self.keys.others.iter().all(|key| {
                let written = element.get(*key).filter(|value| !value.is_null());
                written.is_none_or(|written| Keys::value(item, key).is_some_and(|value| *value == *written))
            })
        };
        let is_meant = |item: &(usize, &Value)| item.1.get(self.keys.merge) == Some(value) && agrees(item.1);
        Ok(items.iter().enumerate().filter(is_meant).map(|(at, _)| at).collect())
    }
}

/// The order that `kubectl` makes (`normalizeElementOrder`): the elements of the patch in its order, the others in theirs;
/// an element of the others comes first where it stood before the next one of the patch. So new elements come first.
fn in_order(items: Vec<Value>, n_there: usize, patched: &[usize]) -> Vec<Value> {
    let mut others = (0..n_there).filter(|at| !patched.contains(at)).peekable();
    let mut order: Vec<usize> = Vec::with_capacity(items.len());
    for at in patched {
        while let Some(other) = others.next_if(|other| *at < n_there && other < at) {
            order.push(other);
        }
        order.push(*at);
    }
    order.extend(others);
    let mut items: Vec<Option<Value>> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| items[at].take()).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kubernetes::release::OLDEST;

    fn schema(api_version: &str, kind: &str) -> Schema {
        Schema::of_kind(OLDEST, api_version, kind).expect("the kind is rendered")
    }

    /// What becomes of the specification of a pod.
    fn pod(original: Value, patch: Value) -> Result<Value, String> {
        let of = |spec: Value| json!({"spec": {"template": {"spec": spec}}});
        let patch = of(patch);
        let result = merged(&of(original), patch.as_object().expect("it is a map"), schema("apps/v1", "StatefulSet"));
        let result = result.map_err(|refusal| format!("{}: {}", refusal.route, refusal.what))?;
        Ok(result["spec"]["template"]["spec"].clone())
    }

    #[test]
    fn maps_merge_null_deletes_and_other_lists_are_replaced() {
        let original = json!({"hostPID": true, "nodeSelector": {"a": "1", "b": "2"}, "tolerations": [{"key": "a"}]});
        let patch = json!({"hostPID": null, "nodeSelector": {"a": null, "c": "3"}, "tolerations": [{"key": "b", "value": null}],
            "absent": null});
        let expected = json!({"nodeSelector": {"b": "2", "c": "3"}, "tolerations": [{"key": "b"}]});
        assert_eq!(pod(original, patch), Ok(expected));
    }

    #[test]
    fn elements_merge_by_their_key_and_new_ones_come_first() {
        let original = json!({"containers": [{"name": "a", "env": [{"name": "X", "value": "1"}]}, {"name": "b"}]});
        let patch = json!({"containers": [{"name": "c", "image": "c"}, {"name": "b", "image": "b"},
            {"name": "a", "$patch": "delete"}], "initContainers": [{"name": "i", "args": ["x"], "tty": null}]});
        let expected = json!({"containers": [{"name": "c", "image": "c"}, {"name": "b", "image": "b"}],
            "initContainers": [{"name": "i", "args": ["x"]}]});
        assert_eq!(pod(original.clone(), patch), Ok(expected));
        let patch = json!({"containers": [{"name": "a", "env": [{"name": "Y", "value": "2"}]}]});
        let merged = pod(original, patch).expect("it applies");
        assert_eq!(merged["containers"][0]["env"], json!([{"name": "Y", "value": "2"}, {"name": "X", "value": "1"}]));
        assert_eq!(merged["containers"][1], json!({"name": "b"}));
    }

    #[test]
    fn a_map_or_a_list_can_be_replaced() {
        let original = json!({"containers": [{"name": "a"}], "securityContext": {"runAsUser": 1}});
        let patch = json!({"containers": [{"$patch": "replace"}, {"name": "b"}],
            "securityContext": {"$patch": "replace", "fsGroup": 2}});
        let expected = json!({"containers": [{"name": "b"}], "securityContext": {"fsGroup": 2}});
        assert_eq!(pod(original, patch), Ok(expected));
    }

    #[test]
    fn a_port_is_told_by_its_protocol_where_that_is_written() {
        let service = json!({"spec": {"ports": [{"port": 1, "protocol": "TCP"}, {"port": 1, "protocol": "UDP"}]}});
        let patched = |patch: Value| {
            let patch = json!({"spec": {"ports": [patch]}});
            merged(&service, patch.as_object().expect("it is a map"), schema("v1", "Service"))
        };
        let named = patched(json!({"port": 1, "protocol": "UDP", "name": "u"})).expect("it applies");
        assert_eq!(named["spec"]["ports"][1], json!({"port": 1, "protocol": "UDP", "name": "u"}));
        let ambiguous = patched(json!({"port": 1, "name": "u"})).expect_err("two ports have the number");
        assert_eq!(
            (ambiguous.route.to_string().as_str(), ambiguous.what.as_str()),
            ("spec.ports[0]", "2 elements have this `port`")
        );
    }

    #[test]
    fn what_cannot_be_applied_is_told_at_its_place() {
        let told = |patch: Value| pod(json!({"containers": [{"name": "a"}]}), patch).expect_err("it is refused");
        for (patch, place) in [
            (json!({"$setElementOrder/containers": [{"name": "a"}]}), "$setElementOrder/containers"),
            (json!({"containers": [{"image": "x"}]}), "containers[0]"),
            (json!({"containers": ["x"]}), "containers[0]"),
            (json!({"containers": [{"name": "a", "$patch": "replace"}]}), "containers[0].$patch"),
            (json!({"containers": [{"name": "a"}, {"name": "a"}]}), "containers[1]"),
            (json!({"securityContext": {"$patch": "delete"}}), "securityContext.$patch"),
            (json!({"tolerations": [{"$patch": "replace"}]}), "tolerations[0].$patch"),
        ] {
            let told = told(patch);
            assert!(told.starts_with(&format!("spec.template.spec.{place}: ")), "{told}");
        }
        let whole = json!({"$patch": "delete"});
        assert!(merged(&json!({}), whole.as_object().expect("it is a map"), schema("v1", "Service")).is_err());
    }
}
