"""An experiment on a folder of your own images and masks: is a click an image worth its time?

The folder holds images/, masks/ (one PNG an image, each pixel a class number, 255 unknown), classes.txt (one name a
line, the background first), train.txt and val.txt (one image name a line). Here it is made from the embedded scenes, so
that the example runs anywhere; point `photos` at your own instead.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from budgetseg.data.scenes import Scenes
from budgetseg.runs.config import spec_of
from budgetseg.runs.run import run
from budgetseg.runs.spec import Execution
from budgetseg.runs.watcher import Silent


def write_folder(folder: Path) -> None:
    """Write 40 training and 10 validation scenes the way your photographs should lie."""
    scenes = Scenes(train=40, val=10)
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    (folder / "classes.txt").write_text("\n".join(scenes.classes))
    for split in ("train", "val"):
        (folder / f"{split}.txt").write_text("\n".join(scenes.ids(split)))
        for image_id in scenes.ids(split):
            Image.fromarray(scenes.image(image_id)).save(folder / "images" / f"{image_id}.jpg", quality=95)
            Image.fromarray(scenes.mask(image_id)).save(folder / "masks" / f"{image_id}.png")


with TemporaryDirectory() as scratch:
    photos = Path(scratch) / "photos"
    write_folder(photos)

    # Half an hour of annotation, spent three ways. Six iterations only show the way: leave the number out for a
    # training worth measuring, and name backbone="efficientnet_lite0" for photographs.
    for strategy in ("image", "point", "full"):
        spec = spec_of(
            {"dataset": str(photos), "strategy": strategy, "hours": "0.5", "backbone": "tiny"}, {"iterations": 6}
        )
        result = run(spec, Execution(folder=Path(scratch) / "runs" / strategy), Silent())
        low, high = result["miou_interval"]["low"], result["miou_interval"]["high"]
        print(
            f"{strategy}: {sum(result['mix'].values())} images in {result['hours']['actual']:.2f} h, "
            f"mIoU {result['miou']:.1f} ({low:.1f} to {high:.1f})"
        )
