"""Reading weights without running code, downloading them, and refusing those that learned from masks."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from safetensors.torch import save_file

from budgetseg.errors import DataError, InvalidInputError, RunFailedError
from budgetseg.learn.weights import download, load_weights, read_state_dict, refuse_leaky

TENSORS = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.zeros(2)}


def test_both_formats_and_the_usual_wrappers_are_read(tmp_path: Path) -> None:
    save_file(TENSORS, tmp_path / "w.safetensors")
    contents: dict[str, Any] = {
        "plain": TENSORS,
        "state": {"state_dict": TENSORS, "epoch": 3},
        "model": {"model": TENSORS},
        "parallel": {f"module.{name}": tensor for name, tensor in TENSORS.items()},
    }
    for name, content in contents.items():
        torch.save(content, tmp_path / f"{name}.pth")
    for path in sorted(tmp_path.iterdir()):
        read = read_state_dict(path)
        assert read.keys() == TENSORS.keys(), path
        assert all(torch.equal(read[name], TENSORS[name]) for name in TENSORS)


class Malicious:
    """Unpickled, it writes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return (Path.touch, (self.mark,))


def test_a_pickle_that_runs_code_is_refused_and_does_not_run(tmp_path: Path) -> None:
    mark, bad = tmp_path / "owned", tmp_path / "bad.pth"
    torch.save({"a": Malicious(mark)}, bad)
    with pytest.raises(RunFailedError, match=r"bad\.pth: cannot read weights.*never executed") as failure:
        read_state_dict(bad)
    assert "\n" not in str(failure.value)
    assert not mark.exists()
    torch.load(bad, weights_only=False)
    assert mark.exists(), "the file was harmless, so the test proved nothing"


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
@pytest.mark.parametrize("damage", ["cut", "empty", "text", "flipped header"])
def test_a_corrupt_file_is_one_clear_line(tmp_path: Path, name: str, damage: str) -> None:
    path = tmp_path / name
    if path.suffix == ".pth":
        torch.save(TENSORS, path)
    else:
        save_file(TENSORS, path)
    whole = path.read_bytes()
    path.write_bytes(
        {"cut": whole[: len(whole) // 2], "empty": b"", "text": b"hello\n", "flipped header": b"\xff" * 9 + whole[9:]}[
            damage
        ]
    )
    with pytest.raises(RunFailedError, match="cannot read weights") as failure:
        read_state_dict(path)
    assert str(path) in str(failure.value)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize("content", [{}, {"a": 1}, [torch.zeros(2)], {"state_dict": {"a": "text"}}])
def test_a_file_without_tensors_by_name_is_refused(tmp_path: Path, content: Any) -> None:
    torch.save(content, tmp_path / "w.pth")
    with pytest.raises(InvalidInputError, match="expected tensors by name"):
        read_state_dict(tmp_path / "w.pth")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no such weights file"):
        load_weights(tmp_path / "gone.pth", allow_leaky_weights=False)


def torchvision_addresses(kind: str) -> list[str]:
    """The addresses of all weights that torchvision publishes of ``segmentation`` or of ``models`` (classification)."""
    import torchvision

    room = torchvision.models.segmentation if kind == "segmentation" else torchvision.models
    enums = [value for name, value in vars(room).items() if name.endswith("_Weights")]
    return [weights.url for enum in enums for weights in enum]


def test_every_published_segmentation_network_is_refused_by_name_and_no_classification_network() -> None:
    leaky, clean = torchvision_addresses("segmentation"), torchvision_addresses("models")
    assert len(leaky) >= 6
    assert len(clean) >= 80
    for address in leaky:
        with pytest.raises(InvalidInputError, match=r"learned from segmentation masks.*annotation hours"):
            refuse_leaky(address, (), allow_leaky_weights=False)
        refuse_leaky(address, (), allow_leaky_weights=True)
    for address in clean:
        refuse_leaky(address, (), allow_leaky_weights=False)


def test_segmentation_networks_are_refused_by_their_parameters_too() -> None:
    import torchvision

    segmentation = torchvision.models.segmentation
    builders = [segmentation.fcn_resnet50, segmentation.deeplabv3_mobilenet_v3_large]
    builders += [segmentation.lraspp_mobilenet_v3_large, torchvision.models.detection.maskrcnn_resnet50_fpn]
    with torch.device("meta"):
        leaky = [list(build(weights=None, weights_backbone=None).state_dict()) for build in builders]
        names = ["vgg16", "squeezenet1_0", "mobilenet_v3_small", "resnet18", "densenet121", "efficientnet_b0", "swin_t"]
        clean = [list(torchvision.models.get_model(name).state_dict()) for name in names]
    leaky += [["decode_head.conv_seg.weight"], ["model.segmentation_head.0.weight"], ["segmentation_head.bias"]]
    for keys in leaky:
        with pytest.raises(InvalidInputError, match="learned from segmentation masks"):
            refuse_leaky("weights.pth", keys, allow_leaky_weights=False)
    for keys in clean:
        refuse_leaky("weights.pth", keys, allow_leaky_weights=False)


@pytest.mark.parametrize(
    ("name", "leaky"),
    [
        ("timm/samvit_base_patch16.sa1b", True),
        ("timm/sam2_hiera_tiny.fb_r896", True),
        ("/data/FCN_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1.pth", True),
        ("upernet_swin_tiny_ade20k.pth", True),
        ("timm/vit_base_patch16_224.sam_in1k", False),  # sharpness-aware minimisation
        ("/segmentation/weights/resnet18.pth", False),  # the folder says nothing
        ("timm/resnet50.a1_in1k", False),
    ],
)
def test_other_names(name: str, leaky: bool) -> None:
    if leaky:
        with pytest.raises(InvalidInputError):
            refuse_leaky(name, (), allow_leaky_weights=False)
    else:
        refuse_leaky(name, (), allow_leaky_weights=False)


def test_a_leaky_file_is_refused_unless_allowed(tmp_path: Path) -> None:
    save_file({"segmentation_head.weight": torch.zeros(1)}, tmp_path / "best.safetensors")
    with pytest.raises(InvalidInputError, match="it says segmentation_head"):
        load_weights(tmp_path / "best.safetensors", allow_leaky_weights=False)
    assert load_weights(tmp_path / "best.safetensors", allow_leaky_weights=True)


class Files(BaseHTTPRequestHandler):
    """Serves one folder and remembers what was asked for."""

    folder: ClassVar[Path]
    asked: ClassVar[list[str]]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        path = self.folder / self.path.strip("/")
        content = path.read_bytes() if path.is_file() else b""
        self.send_response(200 if content else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Keep quiet."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a server of ``tmp_path / "served"``; downloads are kept in ``tmp_path / "cache"``."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    Files.folder, Files.asked = tmp_path / "served", []
    Files.folder.mkdir()
    before = torch.hub.get_dir()
    torch.hub.set_dir(tmp_path / "cache")
    with HTTPServer(("127.0.0.1", 0), Files) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()
    torch.hub.set_dir(before)


def test_weights_are_downloaded_once_and_checked_against_the_hash_in_their_name(server: str, tmp_path: Path) -> None:
    from hashlib import sha256

    save_file(TENSORS, Files.folder / "w.safetensors")
    content = (Files.folder / "w.safetensors").read_bytes()
    right = f"w-{sha256(content).hexdigest()[:8]}.safetensors"
    for name in (right, "w-0badf00d.safetensors"):
        (Files.folder / name).write_bytes(content)
    for name in ("w.safetensors", right, right):
        assert load_weights(f"{server}/{name}", allow_leaky_weights=False).keys() == TENSORS.keys()
    assert Files.asked == ["/w.safetensors", f"/{right}"]
    with pytest.raises(DataError, match=r"cannot download these weights.*invalid hash.*--weights FILE"):
        download(f"{server}/w-0badf00d.safetensors")
    assert not list((tmp_path / "cache").rglob("*0badf00d*"))


def test_a_download_that_fails_says_what_to_do(server: str) -> None:
    for address in (f"{server}/gone.pth", "http://127.0.0.1:9/w.pth"):
        with pytest.raises(DataError, match=r"cannot download these weights.*--weights none"):
            download(address)
