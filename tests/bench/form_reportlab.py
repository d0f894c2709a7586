"""The printed form as ReportLab makes it: what bench_form --ops wrote, drawn by its calls alone.
   form_reportlab.py OPS [FILE]      its font is read once, as in a server; each form is a new canvas"""
import io
import sys
import time

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

ROUNDS = 50


def read(path):
    pages = []
    for line in open(path, encoding="utf-8"):
        kind, _, rest = line.rstrip("\n").partition(" ")
        if kind == "P":
            pages.append([])
        elif kind == "T":
            x, y, size, bold, text = rest.split(" ", 4)
            pages[-1].append((kind, float(x), float(y), float(size), int(bold), text))
        elif kind == "Q":
            x, y, module, size, bits = rest.split(" ")
            pages[-1].append((kind, float(x), float(y), float(module), int(size), bits))
        else:
            pages[-1].append((kind, *map(float, rest.split(" "))))
    return pages


def pen(c, width, dash=0.0):
    c.setLineWidth(width)
    c.setDash([dash, dash] if dash else [])


def squares(c, x, y, module, size, bits):
    path = c.beginPath()
    for i, bit in enumerate(bits):
        if bit == "1":
            path.rect(x + module * (i % size), y - module * (i // size + 1), module, module)
    c.setFillGray(0)
    c.drawPath(path, stroke=0, fill=1)


def draw_op(c, op):
    kind, v = op[0], op[1:]
    if kind == "T":
        c.setFillGray(0)
        c.setFont("body", v[2])
        c.setLineWidth(v[2] * 0.028)
        c.drawString(v[0], v[1], v[4], mode=2 if v[3] else 0)
    elif kind == "L":
        pen(c, v[4], v[5])
        c.line(*v[:4])
    elif kind == "B":
        pen(c, v[4])
        c.rect(*v[:4])
    elif kind == "S":
        c.setFillGray(v[4])
        c.rect(*v[:4], stroke=0, fill=1)
    elif kind == "R":
        pen(c, v[3], v[4])
        c.circle(*v[:3])
    elif kind == "Q":
        squares(c, *v)


def draw(pages):
    out = io.BytesIO()
    c = canvas.Canvas(out, pagesize=(595.276, 841.89), pageCompression=1)
    c.setTitle("申请表")
    for page in pages:
        for op in page:
            draw_op(c, op)
        c.showPage()
    c.save()
    return out.getvalue()


pages = read(sys.argv[1])
pdfmetrics.registerFont(TTFont("body", "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", subfontIndex=0))
file = draw(pages)
if len(sys.argv) > 2:
    open(sys.argv[2], "wb").write(file)
start = time.monotonic()
for _ in range(ROUNDS):
    draw(pages)
print(f"BENCH form_reportlab_ms {(time.monotonic() - start) * 1e3 / ROUNDS:.2f} ms")
print(f"BENCH form_reportlab_bytes {len(file)} bytes")
