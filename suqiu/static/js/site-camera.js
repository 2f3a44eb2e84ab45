// How does the second picture get the angle of the first? The first lies over the camera's view, a third transparent.
// Where a page may not use the camera, the phone's own camera is opened by the file field, as without a script.

import { drawn } from "./site-photo.js";

const dialog = () => document.getElementById("site-camera");
let stream = null;

export const mayShow = () => Boolean(navigator.mediaDevices?.getUserMedia) && typeof HTMLDialogElement === "function" && Boolean(dialog());

// Resolves with a File, with "plain" (use the phone's camera) or with null (not now).
export async function take(ghost) {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1920 } } });
  } catch {
    return "plain";
  }
  const view = dialog();
  const [video, laid] = [view.querySelector("video"), view.querySelector(".site-ghost")];
  laid.hidden = !ghost;
  if (ghost) laid.src = ghost;
  video.srcObject = stream;
  view.showModal();
  await video.play().catch(() => {});
  const answer = await pressed(view, video);
  close(view, video, laid);
  return answer;
}

function pressed(view, video) {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = (answer) => { over.abort(); resolve(answer); };
    const on = (what, does) => view.querySelector(what).addEventListener("click", does, { signal: over.signal });
    on("[data-close]", () => end(null));
    on("[data-plain]", () => end("plain"));
    on("[data-shutter]", async () => {
      if (!video.videoWidth) return;
      const blob = await drawn(video, video.videoWidth, video.videoHeight);
      const now = new Date();
      end(new File([blob], `${now.toISOString().slice(0, 19).replace(/\D/g, "")}.jpg`, { type: "image/jpeg", lastModified: now.getTime() }));
    });
    view.addEventListener("cancel", () => end(null), { signal: over.signal });
  });
}

function close(view, video, laid) {
  stream?.getTracks().forEach((track) => track.stop());
  [stream, video.srcObject] = [null, null];
  laid.removeAttribute("src");
  if (view.open) view.close();
}
