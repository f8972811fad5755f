"""Scales an image down."""
import base64
import io

from PIL import Image


def main(args):
    """Takes `image` (base64) and `size` (pixels of the longer side); answers a PNG in base64 with its size."""
    size = int(args.get("size", 128))
    image = Image.open(io.BytesIO(base64.b64decode(args["image"])))
    print(f"{image.format} of {image.width} x {image.height}")
    image.thumbnail((size, size))
    out = io.BytesIO()
    image.save(out, "PNG")
    return {"width": image.width, "height": image.height, "image": base64.b64encode(out.getvalue()).decode()}
