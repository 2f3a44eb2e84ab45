// Is this a picture, and can it travel over a poor line? Told by its bytes; made smaller on the phone, with its own time and place kept.

const LONGER_SIDE = 2560; // pixels: more than anybody looks at
const LARGE = 1.5 * 1024 * 1024; // bytes; what is smaller travels as it is
const LIMIT = 20 * 1024 * 1024; // as the server's

const text = (bytes, from, to) => String.fromCharCode(...bytes.subarray(from, to));

export async function kindOf(file) {
  const b = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  if (b[0] === 0xff && b[1] === 0xd8 && b[2] === 0xff) return "jpeg";
  if (text(b, 1, 4) === "PNG") return "png";
  if (text(b, 0, 4) === "GIF8") return "gif";
  if (text(b, 0, 4) === "RIFF" && text(b, 8, 12) === "WEBP") return "webp";
  if (text(b, 4, 8) === "ftyp" && /^(hei|hev|mif|msf)/.test(text(b, 8, 12))) return "heic";
  return null;
}

export class NotTaken extends Error {} // message: not-picture | too-big

// The file to keep, and what the phone knows of it.
export async function prepared(file) {
  const kind = await kindOf(file);
  if (!kind) throw new NotTaken("not-picture");
  const at = new Date(Math.min(file.lastModified || Date.now(), Date.now())).toISOString();
  const smaller = await shrunk(file, kind).catch(() => null); // a browser that cannot read it sends it as it is
  if ((smaller ?? file).size > LIMIT) throw new NotTaken("too-big");
  return { file: smaller ?? file, shot: { at } };
}

// Nothing where the picture is small enough as it is.
async function shrunk(file, kind) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const longer = Math.max(picture.width, picture.height);
    if (longer <= LONGER_SIDE && file.size <= LARGE) return null;
    const share = Math.min(1, LONGER_SIDE / longer);
    const blob = await drawn(picture, Math.round(picture.width * share), Math.round(picture.height * share));
    if (blob.size >= file.size && share === 1) return null;
    const exif = kind === "jpeg" ? exifOf(new Uint8Array(await file.slice(0, 256 * 1024).arrayBuffer())) : null;
    const parts = exif ? [blob.slice(0, 2), exif, blob.slice(2)] : [blob];
    return new File(parts, `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg", lastModified: file.lastModified });
  } finally {
    picture.close();
  }
}

export function drawn(source, width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d").drawImage(source, 0, 0, width, height);
  return new Promise((resolve, reject) => canvas.toBlob((b) => (b ? resolve(b) : reject(new Error("no picture"))), "image/jpeg", 0.86));
}

// The segment of a JPEG that holds time and place, to be set into the smaller one; drawn upright, so its orientation is now the plain one.
export function exifOf(bytes) {
  for (let at = 2; at + 4 < bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda;) {
    const length = (bytes[at + 2] << 8) | bytes[at + 3];
    if (bytes[at + 1] === 0xe1 && text(bytes, at + 4, at + 8) === "Exif") {
      const segment = bytes.slice(at, at + 2 + length);
      makeUpright(segment);
      return segment;
    }
    at += 2 + length;
  }
  return null;
}

function makeUpright(segment) {
  const view = new DataView(segment.buffer, 10);
  const isLittle = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > view.byteLength) return;
  const entries = view.getUint16(directory, isLittle);
  for (let n = 0; n < entries; n++) {
    const entry = directory + 2 + n * 12;
    if (entry + 12 > view.byteLength) return;
    if (view.getUint16(entry, isLittle) === 0x0112) view.setUint16(entry + 8, 1, isLittle);
  }
}
