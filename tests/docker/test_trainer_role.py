"""docker/helm/trainer-role.yaml: valid manifests that fit each other, and the least that a trainer pod needs.

That the Role suffices is shown by every test with the stand-in for a cluster, which refuses what it does not allow.
"""

from __future__ import annotations

import httpx
import pytest
import yaml

from ownvoice.training.settings import TrainingSettings
from stand_ins.docker_files import ROOT
from stand_ins.kubernetes_api import running_cluster
from stand_ins.kubernetes_manifests import trainer_manifests, trainer_rights, unknown_keys

NAMESPACE = "ownvoice-trainer"


@pytest.mark.parametrize("kind", ["Namespace", "ServiceAccount", "Role", "RoleBinding", "NetworkPolicy"])
def test_a_manifest_has_no_key_that_the_kubernetes_api_does_not_know(kind):
    assert list(unknown_keys(trainer_manifests()[kind], f"V1{kind}")) == []


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("V1Role", {"rule": []}),
        ("V1Role", {"rules": [{"verbs": ["get"], "ressources": ["pods"]}]}),
        ("V1NetworkPolicy", {"spec": {"egress": [{"ports": [{"port": 443, "protocoll": "TCP"}]}]}}),
        ("V1NetworkPolicy", {"spec": {"policyTypes": "Egress"}} | {"metadata": {"label": {}}}),
        ("V1ServiceAccount", {"automountServiceAccountToken": "no"}),
        ("V1Namespace", {"metadata": {"labels": {"enforce": True}}}),
    ],
)
def test_a_wrong_key_or_type_of_a_manifest_is_found(kind, wrong):
    assert list(unknown_keys(wrong, kind))


def test_airflow_may_do_these_things_and_nothing_else():
    assert trainer_rights() == {
        ("create", "pods"),
        ("get", "pods"),
        ("list", "pods"),
        ("watch", "pods"),
        ("patch", "pods"),
        ("delete", "pods"),
        ("get", "pods/log"),
        ("list", "events"),
        ("watch", "events"),
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "pods/a"), ("DELETE", "events"), ("POST", "events"), ("GET", "events/a"), ("PATCH", "events/a")],
)
def test_the_stand_in_for_a_cluster_refuses_what_the_role_does_not_allow(method, path):
    with running_cluster("python") as cluster:
        answer = httpx.request(method, f"{cluster.url}/api/v1/namespaces/{NAMESPACE}/{path}", json={})
    assert answer.status_code == 403
    assert "is forbidden" in answer.json()["message"]


def test_role_binding_policy_and_values_name_the_same_things():
    manifests = trainer_manifests()
    assert manifests["RoleBinding"]["roleRef"]["name"] == manifests["Role"]["metadata"]["name"]
    names = {manifest["metadata"].get("namespace", manifest["metadata"]["name"]) for manifest in manifests.values()}
    assert names == {NAMESPACE}
    values = yaml.safe_load((ROOT / "docker" / "helm" / "values.yaml").read_text())
    celery = yaml.safe_load((ROOT / "docker" / "helm" / "values-celery.yaml").read_text())
    accounts = {
        values["workers"]["kubernetes"]["serviceAccount"]["name"],
        celery["workers"]["celery"]["serviceAccount"]["name"],
        values["triggerer"]["serviceAccount"]["name"],
    }
    assert {subject["name"] for subject in manifests["RoleBinding"]["subjects"]} == accounts
    variables = {one["name"]: one["value"] for one in values["env"]}
    assert variables["OWNVOICE_TRAINER_NAMESPACE"] == NAMESPACE
    assert variables["OWNVOICE_TRAINER_SERVICE_ACCOUNT"] == manifests["ServiceAccount"]["metadata"]["name"]


def test_the_network_policy_is_for_the_pods_that_the_operator_makes():
    pytest.importorskip("airflow.providers.cncf.kubernetes")
    from ownvoice.airflow.pod.specification import pod_fields

    labels = pod_fields("train", TrainingSettings(kubernetes_conn_id="gpus", image="trainer"), gpu=True)["labels"]
    selector = trainer_manifests()["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]
    assert selector.items() <= labels.items()
