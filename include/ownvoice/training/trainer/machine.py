"""The environment of the run: device, library versions, image, memory."""

from __future__ import annotations

import os
import resource
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ownvoice.errors import NoGpuError

_CGROUP = Path("/sys/fs/cgroup")  # of a container, in version 2

_LIBRARIES = (
    *("torch", "transformers", "trl", "peft", "accelerate", "datasets", "bitsandbytes"),
    *("unsloth", "unsloth_zoo", "vllm", "xformers", "triton"),
)


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that decide a run's numbers, as far as they are installed."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def image_id() -> str:
    """Return the image's digest as its pod is told (`OWNVOICE_TRAINER_IMAGE`), or the library versions without one."""
    versions = " ".join(f"{name}=={number}" for name, number in library_versions().items())
    return os.environ.get("OWNVOICE_TRAINER_IMAGE") or versions


def hide_progress_bars() -> None:
    """Switch progress bars off: they would fill the log."""
    import datasets
    import transformers

    os.environ["TQDM_DISABLE"] = "1"  # as TRL asks
    datasets.disable_progress_bars()
    transformers.utils.logging.disable_progress_bar()


def refuse_missing_gpu() -> None:
    """Raise `NoGpuError` where there is none and, as in a pod, UNSLOTH_DISABLE_CPU_FALLBACK says that this is fatal."""
    import torch

    if os.environ.get("UNSLOTH_DISABLE_CPU_FALLBACK") == "1" and not torch.cuda.is_available():
        raise NoGpuError(
            "this machine shows no GPU, and on its CPUs the work would take weeks. Check its driver and "
            "CUDA_VISIBLE_DEVICES; UNSLOTH_DISABLE_CPU_FALLBACK=0 uses the CPUs all the same."
        )


def device_name() -> str:
    """Return the GPU's own name, or `cpu`."""
    import torch

    return str(torch.cuda.get_device_name(0)) if torch.cuda.is_available() else "cpu"


def host_memory_bytes(cgroup: Path = _CGROUP) -> int:
    """Return the machine's memory that this container holds and cannot give back; elsewhere this process's peak."""
    try:
        (cgroup / "memory.current").read_text()  # the root of a machine has none, and counts everything that runs there
        held = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
        return int(held["anon"]) + int(held["shmem"])
    except (OSError, KeyError, ValueError):
        return _peak_of_process_bytes()


def _peak_of_process_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # macOS counts bytes, Linux kibibytes


def peak_memory_bytes() -> int:
    """Return the most GPU memory that was ever allocated, or of this process on a CPU."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    return _peak_of_process_bytes()
