import { createHash } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { chmod, copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { resolveInRoot } from "@workbook/image-layers";
import type { PulledImage } from "../../images/puller.ts";
import type { BaseLayers } from "./base-layers.ts";
import { ROOM } from "./inside/messages.ts";
import type { Room } from "./room.ts";

type Layer = PulledImage["layers"][number];

/** How many unpacked images are kept; those used longest ago go first. */
const KEPT_IMAGES = 20;

/** What an image of this machine's own base lacks: a whole one has at least one of these. */
const OF_A_WHOLE_IMAGE = ["/lib", "/lib64", "/bin", "/usr/bin", "/usr/lib"];

/** Images unpacked in the room, where the owners of their files are who the layers say. Each container writes over them. */
export class RoomImages {
  readonly #room: Room;
  readonly #bases: BaseLayers;
  readonly #underWay = new Map<string, Promise<string>>();
  /** One unpacking at a time: they are bound by the disk. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(room: Room, bases: BaseLayers) {
    this.#room = room;
    this.#bases = bases;
  }

  /**
   * The directories that make up an image, the uppermost first, by their names in the room's `images`. One whose base was recorded and
   * not fetched stands on what this machine lends in its place.
   * @throws LayerError where a layer is not what it says
   */
  async directories(image: PulledImage): Promise<readonly string[]> {
    const own = await this.#unpacked(image.layers);
    if (image.base === undefined || image.base === "scratch" || (await this.#isWhole(own)))
      return [own];
    const base = await this.#bases.layerFor(image.base);
    return [own, await this.#unpacked([base])];
  }

  /** Where a file of an image is on this machine; undefined where it has none. */
  async find(directories: readonly string[], path: string): Promise<string | undefined> {
    for (const name of directories) {
      const file = await resolveInRoot(this.#outside(name), path, { followLast: true });
      if (existsSync(file)) return file;
    }
    return undefined;
  }

  /** Forgets all but the images used last. */
  async prune(): Promise<void> {
    await this.#room.script(
      `cd ${ROOM}/images; rm -rf ./*.unfinished; ls -t | tail -n +${KEPT_IMAGES + 1} | xargs -r rm -rf`,
    );
  }

  /**
   * Lets unpacking end, and removes what this user could not remove from outside: folders of the room's other users. Root can remove
   * everything, so its images stay for the next time.
   */
  async close(): Promise<void> {
    await this.#turn;
    if (process.getuid!() === 0 || this.#room.pid === undefined) return;
    await this.#room.script(`
for image in ${ROOM}/images/*; do
  if [ -n "$(find "$image" -type d ! -uid 0 ! -empty -print -quit)" ]; then rm -rf "$image"; fi
done
`);
  }

  #outside(name: string): string {
    return join(this.#room.folder, "images", name);
  }

  async #isWhole(name: string): Promise<boolean> {
    for (const path of OF_A_WHOLE_IMAGE)
      if ((await this.find([name], path)) !== undefined) return true;
    return false;
  }

  #unpacked(layers: readonly Layer[]): Promise<string> {
    const hash = createHash("sha256");
    for (const { digest } of layers) hash.update(`${digest}\n`);
    const name = hash.digest("hex").slice(0, 32);
    let unpacking = this.#underWay.get(name);
    if (!unpacking) {
      unpacking = this.#turn.then(() => this.#unpack(layers, name));
      this.#turn = unpacking.catch(() => {});
      this.#underWay.set(name, unpacking);
      void unpacking.finally(() => this.#underWay.delete(name)).catch(() => {});
    }
    return unpacking;
  }

  async #unpack(layers: readonly Layer[], name: string): Promise<string> {
    if (existsSync(this.#outside(name))) {
      await this.#room.script(`touch ${ROOM}/images/${name}`);
      return name;
    }
    const copies: string[] = [];
    try {
      const lent: Layer[] = [];
      for (const layer of layers) {
        const file = `incoming/${copies.length}-${layer.digest.replace(":", "-")}`;
        const copy = join(this.#room.folder, file);
        copies.push(copy);
        // The room's root is nobody here, who may not read what is the server's own.
        await copyFile(layer.file, copy, constants.COPYFILE_FICLONE);
        await chmod(copy, 0o644);
        lent.push({ ...layer, file: `${ROOM}/${file}` });
      }
      await this.#room.ask("unpack", { layers: lent, target: `${ROOM}/images/${name}` });
    } finally {
      for (const copy of copies) await rm(copy, { force: true });
    }
    return name;
  }
}
