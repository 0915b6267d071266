// Records a voice in the page where the browser can; the file input beside it does for the others.
const LONGEST = 180; // seconds
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus", "audio/webm"];

export class Recorder {
  constructor(element, keep, silent) {
    if (!window.MediaRecorder || !navigator.mediaDevices) return;
    Object.assign(this, { element, keep, silent });
    this.startButton = element.querySelector("[data-recorder-start]");
    this.stopButton = element.querySelector("[data-recorder-stop]");
    this.time = element.querySelector("[data-recorder-time]");
    this.status = element.querySelector("[data-recorder-status]");
    this.startButton.addEventListener("click", () => this.start());
    this.stopButton.addEventListener("click", () => this.recorder.stop());
    element.hidden = false;
  }

  async start() {
    this.status.textContent = "";
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      this.status.textContent = this.silent;
      return;
    }
    const type = TYPES.find((name) => MediaRecorder.isTypeSupported(name));
    this.recorder = new MediaRecorder(this.stream, type ? { mimeType: type, audioBitsPerSecond: 48000 } : {});
    this.pieces = [];
    this.recorder.addEventListener("dataavailable", (event) => this.pieces.push(event.data));
    this.recorder.addEventListener("stop", () => this.finish());
    this.recorder.start(1000);
    this.begun = Date.now();
    this.show(true);
    this.timer = setInterval(() => this.tick(), 250);
    this.tick();
    this.stopButton.focus();
  }

  tick() {
    const seconds = Math.floor((Date.now() - this.begun) / 1000);
    this.time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} / 3:00`;
    if (seconds >= LONGEST && this.recorder.state === "recording") this.recorder.stop();
  }

  finish() {
    clearInterval(this.timer);
    this.stream.getTracks().forEach((track) => track.stop());
    this.show(false);
    this.startButton.focus();
    const type = (this.recorder.mimeType || "audio/webm").split(";")[0];
    const name = `${this.startButton.textContent.trim()} ${new Date(this.begun).toLocaleTimeString()}`;
    const file = new File(this.pieces, name, { type, lastModified: this.begun });
    if (file.size) this.keep(file);
  }

  show(recording) {
    this.startButton.hidden = recording;
    this.stopButton.hidden = !recording;
    this.time.hidden = !recording;
  }
}
