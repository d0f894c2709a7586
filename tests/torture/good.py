"""Good files as Pillow and ReportLab write them: good.py FOLDER.  Names say who wrote them and how."""
import os
import sys

from PIL import Image, ImageCms, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

FONT = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"
WORDS = "营业执照（副本） 粤海信息科技有限公司 䶮 2026年11月22日"


def paper(width, height):
    page = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(FONT, max(12, width // 30))
    for line in range(8):
        draw.text((width // 12, height // 10 * (line + 1)), WORDS, fill=(20, 20, 20), font=font)
    box = (width * 0.6, height * 0.6, width * 0.9, height * 0.6 + width * 0.3)
    draw.ellipse(box, outline=(200, 20, 30), width=max(2, width // 100))
    return page


def jpegs(out):
    page = paper(1240, 1754)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for mode in ("L", "RGB", "CMYK"):
        picture = page.convert(mode)
        for quality in (20, 75, 98):
            for progressive in (False, True):
                picture.save(f"{out}/pillow-{mode}-{quality}-{progressive}.jpg", quality=quality, progressive=progressive)
    for name, sampling in (("444", 0), ("422", 1), ("420", 2)):
        page.save(f"{out}/pillow-sampling-{name}.jpg", subsampling=sampling, optimize=True)
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turn
        exif[0x010F] = "相机"
        exif[0x8825] = {1: "N", 2: (23.0, 8.0, 0.0)}
        page.resize((620, 877)).save(f"{out}/pillow-exif-{turn}.jpg", exif=exif)
    page.save(f"{out}/pillow-profile.jpg", icc_profile=profile, dpi=(300, 300), comment="扫描件".encode())
    page.save(f"{out}/pillow-restart.jpg", restart_marker_rows=1)
    for width, height in ((1, 1), (3000, 4000), (4960, 7016), (24, 3000)):
        paper(width, height).save(f"{out}/pillow-{width}x{height}.jpg", quality=70)


def pngs(out):
    page = paper(1000, 700)
    alpha = page.convert("RGBA")
    alpha.putalpha(Image.linear_gradient("L").resize(page.size))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for mode in ("1", "L", "P", "RGB", "RGBA", "LA", "I"):
        (alpha if mode in ("RGBA", "LA") else page).convert(mode).save(f"{out}/pillow-{mode}.png")
    page.convert("P", palette=Image.ADAPTIVE, colors=13).save(f"{out}/pillow-13-colours.png", bits=4)
    page.convert("P", palette=Image.ADAPTIVE).save(f"{out}/pillow-hole.png", transparency=0)
    page.convert("L").save(f"{out}/pillow-grey-hole.png", transparency=255)
    page.save(f"{out}/pillow-colour-hole.png", transparency=(255, 255, 255))
    page.save(f"{out}/pillow-profile.png", icc_profile=profile, dpi=(300, 300), optimize=True)
    page.save(f"{out}/pillow-animated.png", save_all=True, append_images=[page.rotate(5)])
    paper(4960, 7016).save(f"{out}/pillow-a4-600dpi.png", compress_level=1)


def pillow_pdfs(out):
    pages = [paper(1240, 1754), paper(1754, 1240).convert("L"), paper(1240, 1754).convert("1")]
    for n in range(1, 4):
        pages[0].save(f"{out}/pillow-{n}-pages.pdf", save_all=True, append_images=pages[1:n], resolution=150.0)


def reportlab_pdfs(out):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))  # not embedded: poppler takes a font of its own
    pdfmetrics.registerFont(TTFont("zenhei", FONT, subfontIndex=0))
    paper(600, 400).save(f"{out}/reportlab-picture.jpg")
    for font in ("STSong-Light", "zenhei", "Helvetica"):
        for packed in (0, 1):
            for size, name in ((A4, "a4"), (landscape(A4), "wide")):
                c = canvas.Canvas(f"{out}/reportlab-{font}-{packed}-{name}.pdf", pagesize=size, pageCompression=packed)
                c.setTitle("申请表")
                for page in range(3):
                    c.bookmarkPage(str(page))
                    c.addOutlineEntry(f"第{page + 1}页", str(page))
                    c.setFont(font, 18)
                    c.drawString(72, 400, WORDS if font != "Helvetica" else f"page {page}")
                    c.drawImage(f"{out}/reportlab-picture.jpg", 72, 100, 300, 200)
                    c.linkURL("https://example.com/", (72, 100, 372, 300))
                    c.showPage()
                c.save()
    os.remove(f"{out}/reportlab-picture.jpg")


if __name__ == "__main__":
    for make in (jpegs, pngs, pillow_pdfs, reportlab_pdfs):
        make(sys.argv[1])
