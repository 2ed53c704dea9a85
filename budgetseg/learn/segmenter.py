"""What all our networks share: colours in, one score a class and pixel out, at the size of the input.

Shape suffixes: B images, 3 colours, C classes, H x W pixels, h x w cells of a coarse map.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

from budgetseg.errors import InvalidInputError
from budgetseg.learn.upsample import bilinear_matrix, upsample

__all__ = ["HEAD_STD", "Segmenter", "seeded_from"]

HEAD_STD = 0.01
"""Standard deviation of a fresh classifier: small, but not zero, since equal scores leave the argmax of the
image-level loss (equation 2) undefined."""

MIN_SIDE_PIXELS = 32


class Segmenter(nn.Module):
    """A network from images to class scores; subclasses give the coarse scores.

    Args:
        backbone_name: The name that builds it again.
        mean: Of each colour on the scale 0..1, subtracted from the input.
        std: Of each colour on the scale 0..1; the input is divided by it.
        stride: Images are filled up with the mean colour, at the bottom and on the right, to multiples of this many
            pixels, so that cells and pixels line up at every size.
        frozen_statistics: Batch normalisation keeps its running statistics, in training too. Meant for backbones
            trained on ImageNet: a few small batches give worse statistics than those the weights came with. The
            scale and shift of each channel still learn.
    """

    mean_3: Tensor
    std_3: Tensor
    pretrained = False
    """Whether the layers before the classifiers came with weights."""

    def __init__(
        self,
        backbone_name: str,
        *,
        mean: Sequence[float],
        std: Sequence[float],
        stride: int,
        frozen_statistics: bool,
    ) -> None:
        super().__init__()
        self.backbone_name = backbone_name
        self.stride = stride
        self.frozen_statistics = frozen_statistics
        # Buffers travel with the checkpoint: the colours that weights expect are part of the weights.
        self.register_buffer("mean_3", torch.tensor(mean, dtype=torch.float32))
        self.register_buffer("std_3", torch.tensor(std, dtype=torch.float32))

    def scores(self, images_B3HW: Tensor) -> Tensor:
        """Coarse scores of normalised, filled-up images; scores_BChw, each cell a whole number of pixels wide."""
        raise NotImplementedError

    def maps(self, images_B3HW: Tensor) -> list[Tensor]:
        """Feature maps_BDhw of normalised, filled-up images, finest first; the first cell is the top left corner."""
        raise NotImplementedError

    def early_parameters(self, stride: int) -> Sequence[nn.Parameter]:  # noqa: ARG002 - others have some
        """Parameters of the layers whose maps have this stride or a finer one."""
        return ()

    def freeze(self, stride: int) -> None:
        """Keep pretrained layers as they are whose maps have this stride or a finer one; what starts at random learns.

        A stride of 0 freezes none.
        """
        if self.pretrained:
            for parameter in self.early_parameters(stride):
                parameter.requires_grad_(False)

    def forward(self, images_B3HW: Tensor) -> Tensor:
        """Class scores of RGB images.

        Args:
            images_B3HW: Floats from 0 to 1, at least 32 pixels high and wide.

        Returns:
            logits_BCHW at the size of the input.

        Raises:
            InvalidInputError: Wrong shape, or images that are too small.
        """
        normalised_B3HW = self.normalise(images_B3HW)
        height, width = images_B3HW.shape[2:]
        filled_B3HW = functional.pad(normalised_B3HW, (0, -width % self.stride, 0, -height % self.stride))
        scores_BChw = self.scores(filled_B3HW)
        rows_Hh = bilinear_matrix(scores_BChw.shape[2], filled_B3HW.shape[2], scores_BChw.device)
        columns_Ww = bilinear_matrix(scores_BChw.shape[3], filled_B3HW.shape[3], scores_BChw.device)
        return upsample(scores_BChw, rows_Hh[:height], columns_Ww[:width])

    def normalise(self, images_B3HW: Tensor) -> Tensor:
        """The images on the scale that the weights expect."""
        if images_B3HW.ndim != 4 or images_B3HW.shape[1] != 3 or min(images_B3HW.shape[2:]) < MIN_SIDE_PIXELS:
            raise InvalidInputError(
                f"images: expected (images, 3, rows, columns) of at least {MIN_SIDE_PIXELS} x {MIN_SIDE_PIXELS} "
                f"pixels, got {tuple(images_B3HW.shape)}"
            )
        return (images_B3HW - self.mean_3[:, None, None]) / self.std_3[:, None, None]

    def train(self, mode: bool = True) -> "Segmenter":
        """Switch to training, leaving batch-norm statistics alone where they are frozen."""
        super().train(mode)
        if self.frozen_statistics:
            for module in self.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()
        return self


@contextmanager
def seeded_from(generator: torch.Generator) -> Iterator[None]:
    """Let code that draws from torch's global random state draw from ``generator`` instead, and leave no trace.

    timm initialises its networks from the global state and takes no generator.
    """
    seed = int(torch.randint(2**62, (), generator=generator))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield
