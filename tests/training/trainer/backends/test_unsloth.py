"""Where Unsloth cannot start, the trainer says why in one sentence; a module that raises stands in its place."""

import os
import sys

import pytest

from ownvoice.errors import NoGpuError, StoppedError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.backends import unsloth as backend


@pytest.fixture
def prepare(tmp_path, monkeypatch):
    """Return a function that prepares the backend where `import unsloth` runs this code."""
    for name in ("UNSLOTH_DISABLE_CPU_FALLBACK", "UNSLOTH_DISABLE_STATISTICS", "UNSLOTH_COMPILE_LOCATION"):
        monkeypatch.setenv(name, "as before")
    monkeypatch.delenv("UNSLOTH_DISABLE_CPU_FALLBACK")
    monkeypatch.delitem(sys.modules, "unsloth", raising=False)
    monkeypatch.syspath_prepend(tmp_path)

    def run(code):
        (tmp_path / "unsloth.py").write_text(code)
        backend.prepare(TrainingRecipe(), tmp_path)

    yield run
    sys.modules.pop("unsloth", None)
    os.environ.pop("UNSLOTH_DISABLE_CPU_FALLBACK", None)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise NotImplementedError('You need a GPU.')", "You need a GPU."),
        ("raise NotImplementedError", "NotImplementedError"),
        ("raise NotImplementedError('\\n  \\nUnsloth: no\\ntrace')", "Unsloth: no"),
        ("raise ImportError('torchvision does not load')", "torchvision does not load"),
        ("import no_such_library", "No module named 'no_such_library'"),
        ("raise RuntimeError('PyTorch is too old')", "PyTorch is too old"),
        ("raise OSError", "OSError"),
        ("raise KeyError('')", "''"),
        ("raise Exception()", "Exception"),
    ],
)
def test_whatever_unsloth_raises_when_it_is_imported_is_one_sentence(prepare, code, reason):
    with pytest.raises(NoGpuError) as caught:
        prepare(code)
    assert str(caught.value).startswith(f"the unsloth backend cannot start here: {reason.rstrip('.')}. It needs")
    assert "\n" not in str(caught.value)


def test_a_stop_while_unsloth_is_imported_stays_a_stop(prepare):
    with pytest.raises(StoppedError):
        prepare("from ownvoice.errors import StoppedError\nraise StoppedError('asked to stop')")


def test_it_is_told_to_need_a_gpu_to_report_nothing_and_where_to_compile(prepare, tmp_path):
    prepare("")
    assert os.environ["UNSLOTH_DISABLE_CPU_FALLBACK"] == os.environ["UNSLOTH_DISABLE_STATISTICS"] == "1"
    assert os.environ["UNSLOTH_COMPILE_LOCATION"] == str(tmp_path / "unsloth_compiled_cache")


def test_who_asks_for_its_cpu_backend_gets_it(prepare, monkeypatch):
    monkeypatch.setenv("UNSLOTH_DISABLE_CPU_FALLBACK", "0")
    prepare("")
    assert os.environ["UNSLOTH_DISABLE_CPU_FALLBACK"] == "0"
