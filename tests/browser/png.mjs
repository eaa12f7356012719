// As much of a PNG decoder as looking at screenshots needs: 8 bits a channel, RGB or RGBA, not interlaced.
import { inflateSync } from 'node:zlib';

function* chunks(bytes) {
  for (let at = 8; at < bytes.length;) {
    const size = bytes.readUInt32BE(at);
    yield { type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, at + 8 + size) };
    at += 12 + size;
  }
}

const paeth = (a, b, c) => {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
};

function unfilter(raw, width, height, step) {
  const stride = width * step;
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; ++y) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; ++x) {
      const left = x >= step ? out[y * stride + x - step] : 0;
      const above = y > 0 ? out[(y - 1) * stride + x] : 0;
      const corner = x >= step && y > 0 ? out[(y - 1) * stride + x - step] : 0;
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predicted;
    }
  }
  return out;
}

// {width, height, at(x, y) → [r, g, b]}
export function decodePng(bytes) {
  const parts = [...chunks(bytes)];
  const header = parts.find(({ type }) => type === 'IHDR').data;
  const [width, height, step] = [header.readUInt32BE(0), header.readUInt32BE(4), header[9] === 6 ? 4 : 3];
  const packed = Buffer.concat(parts.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const pixels = unfilter(inflateSync(packed), width, height, step);
  return { width, height, at: (x, y) => [...pixels.subarray((y * width + x) * step, (y * width + x) * step + 3)] };
}

// How many colours (of 4096) a picture has.
export function countColours(image) {
  const seen = new Set();
  for (let y = 0; y < image.height; y += 2) {
    for (let x = 0; x < image.width; x += 2) {
      const [r, g, b] = image.at(x, y);
      seen.add((r >> 4) << 8 | (g >> 4) << 4 | b >> 4);
    }
  }
  return seen.size;
}
