"""A merge that is right, and each way in which one can be wrong."""

import json
import shutil

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import load_file, save_file  # noqa: E402

from ownvoice.errors import MergeMismatchError  # noqa: E402
from ownvoice.training.trainer import merge_check  # noqa: E402
from ownvoice.training.trainer.kept_change import kept_change  # noqa: E402
from ownvoice.training.trainer.merge import merge, merge_in_new_process  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

TEXTS = ["Say something about bread. I like bread. It’s been two years.", "A ferry in the rain."]


def make_adapter(toy, folder, strength):
    """Make an adapter that moves the toy's layers, the further the stronger."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    lora = LoraConfig(r=4, lora_alpha=4, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM")
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(toy), lora)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "lora_B" in name:
                weights.normal_(std=strength)
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def adapter(toy, tmp_path_factory):
    return make_adapter(toy, tmp_path_factory.mktemp("adapter"), strength=0.5)


@pytest.fixture
def merged(toy, adapter, tmp_path):
    merge(toy, adapter, tmp_path / "merged", "float32")
    return tmp_path / "merged"


def faults(toy, adapter, merged):
    return merge_check.check(toy, adapter, merged, TEXTS)["faults"]


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_a_merge_of_a_change_that_its_type_can_hold_passes(toy, adapter, tmp_path, dtype):
    merge(toy, adapter, tmp_path / "merged", dtype)
    assert faults(toy, adapter, tmp_path / "merged") == []


def test_a_change_that_rounding_takes_away_is_caught(toy, tmp_path):
    """A few steps at a small learning rate move a weight by less than half of bfloat16's spacing."""
    adapter = make_adapter(toy, tmp_path / "adapter", strength=1e-3)
    merge(toy, adapter, tmp_path / "merged", "bfloat16")
    assert "too far to be it" in faults(toy, adapter, tmp_path / "merged")[0]
    merge(toy, adapter, tmp_path / "whole", "float32")
    assert faults(toy, adapter, tmp_path / "whole") == []


def test_how_much_of_a_small_change_is_kept_depends_on_the_type(toy, tmp_path):
    adapter = make_adapter(toy, tmp_path / "adapter", strength=1e-4)
    kept = {}
    for dtype in ("bfloat16", "float16", "float32"):
        merge(toy, adapter, tmp_path / dtype, dtype)
        kept[dtype] = kept_change(toy, adapter, tmp_path / dtype)["kept_median"]
    assert kept["bfloat16"] < 0.5 < kept["float16"]
    assert kept["float32"] == pytest.approx(1, abs=0.01)


def test_the_share_kept_is_measured_for_each_module_and_the_least_is_named(toy, adapter, merged):
    weights = load_file(merged / "model.safetensors")
    name = "model.layers.1.mlp.down_proj.weight"
    weights[name] = load_file(toy / "model.safetensors")[name]
    save_file(weights, merged / "model.safetensors", metadata={"format": "pt"})
    found = kept_change(toy, adapter, merged)
    assert (found["kept_least"], found["kept_least_module"]) == (0, "model.layers.1.mlp.down_proj")
    assert found["kept_median"] == pytest.approx(1, abs=1e-3)


def with_large_weights(toy, folder, size):
    """Copy the toy with a last norm that multiplies by `size`."""
    shutil.copytree(toy, folder)
    weights = load_file(folder / "model.safetensors")
    weights["model.norm.weight"].fill_(size)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_a_base_with_weights_beyond_float16_is_refused_with_the_way_out(toy, adapter, tmp_path):
    base = with_large_weights(toy, tmp_path / "base", 70_000)
    with pytest.raises(MergeMismatchError, match=r"model\.norm\.weight of the base does not fit into float16"):
        merge_in_new_process(base, adapter, tmp_path / "merged", "float16")


def test_a_merge_whose_computation_overflows_its_type_is_caught(toy, adapter, tmp_path):
    base = with_large_weights(toy, tmp_path / "base", 60_000)
    merge(base, adapter, tmp_path / "merged", "float16")
    assert "set merge_dtype to bfloat16" in faults(base, adapter, tmp_path / "merged")[-1]


def test_a_merge_that_did_nothing_is_caught(toy, adapter, merged):
    base = load_file(toy / "model.safetensors")
    save_file(base, merged / "model.safetensors", metadata={"format": "pt"})
    assert "too far to be it" in faults(toy, adapter, merged)[0]


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_a_merge_with_a_damaged_layer_is_caught(toy, adapter, merged, value):
    weights = load_file(merged / "model.safetensors")
    weights["model.layers.1.mlp.down_proj.weight"].fill_(value)
    save_file(weights, merged / "model.safetensors", metadata={"format": "pt"})
    assert "too far to be it" in faults(toy, adapter, merged)[0]


def test_another_end_of_text_is_caught(toy, adapter, merged):
    config = json.loads((merged / "config.json").read_text())
    (merged / "config.json").write_text(json.dumps(config | {"eos_token_id": 1}))
    assert faults(toy, adapter, merged) == ["its config has another eos_token_id than the base"]


def test_another_chat_template_is_caught(toy, adapter, merged):
    (merged / "chat_template.jinja").write_text("{{ messages }}")
    assert faults(toy, adapter, merged) == ["its tokenizer has another chat_template than the base"]


def test_a_reference_adapter_left_among_the_files_is_caught(toy, adapter, merged):
    (merged / "ref").mkdir()
    assert faults(toy, adapter, merged) == ["it holds ref, which belong to an adapter"]


def test_an_index_that_does_not_name_its_shards_is_caught(toy, adapter, merged):
    index = merged / "model.safetensors.index.json"
    tensors = dict.fromkeys(load_file(merged / "model.safetensors"), "model.safetensors")
    index.write_text(json.dumps({"weight_map": tensors | {"lm_head.weight": "model-2.safetensors"}}))
    assert "other shards" in faults(toy, adapter, merged)[0]
    index.write_text(json.dumps({"weight_map": tensors | {"one.too.many": "model.safetensors"}}))
    assert "other tensors" in faults(toy, adapter, merged)[0]


def test_weights_without_an_index_are_caught(toy, adapter, merged):
    (merged / "model.safetensors").rename(merged / "model-00001-of-00002.safetensors")
    assert "no index of shards" in faults(toy, adapter, merged)[0]


def test_a_corrupted_merge_ends_the_check_in_its_new_process_with_a_named_error(toy, adapter, merged, tmp_path):
    (merged / "model.safetensors").write_bytes(b"rotten")
    with pytest.raises(MergeMismatchError, match="merges again without training"):
        merge_check.check_in_new_process(toy, adapter, merged, TEXTS, tmp_path, "float16")


def test_a_folder_that_is_not_empty_is_never_merged_into(toy, adapter, tmp_path):
    (tmp_path / "left over").touch()
    with pytest.raises(MergeMismatchError, match="is not empty"):
        merge_in_new_process(toy, adapter, tmp_path, "float32")
