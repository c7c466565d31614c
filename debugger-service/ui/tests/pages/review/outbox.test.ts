import { describe, expect, it } from "vitest";
import { Problem } from "@/api/problem";
import { newOutbox } from "@/pages/review/outbox";

const away = () => new Problem(0, "The service cannot be reached.");

describe("the outbox", () => {
  it("sends in order, one at a time, though the first takes longest", async () => {
    const outbox = newOutbox([]);
    const log: string[] = [];
    const work = (name: string, ms: number) => async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, ms));
      log.push(`${name} ends`);
      return name;
    };
    const sent = [outbox.send(work("a", 20)), outbox.send(work("b", 1))];
    expect(outbox.waiting.get()).toBe(2);
    expect(await Promise.all(sent)).toEqual(["a", "b"]);
    expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"]);
    expect(outbox.waiting.get()).toBe(0);
  });

  it("tries again what may pass, and tells the work how often it was tried", async () => {
    const outbox = newOutbox([1, 1]);
    const attempts: number[] = [];
    const sent = outbox.send((attempt) => {
      attempts.push(attempt);
      return attempt < 2 ? Promise.reject(away()) : Promise.resolve("sent");
    });
    expect(await sent).toBe("sent");
    expect(attempts).toEqual([0, 1, 2]);
  });

  it("gives a refusal back at once, and goes on with what follows", async () => {
    const outbox = newOutbox([1]);
    let attempts = 0;
    const refused = outbox.send(() => {
      attempts += 1;
      return Promise.reject(new Problem(409, "Changed meanwhile."));
    });
    const next = outbox.send(() => Promise.resolve("next"));
    await expect(refused).rejects.toThrow("Changed meanwhile.");
    expect(await next).toBe("next");
    expect(attempts).toBe(1);
  });

  it("says that it is stuck after three attempts, until an answer comes", async () => {
    const outbox = newOutbox([1, 1, 1]);
    const stuck: boolean[] = [];
    await outbox.send((attempt) => {
      stuck.push(outbox.isStuck.get());
      return attempt < 3 ? Promise.reject(away()) : Promise.resolve();
    });
    expect(stuck).toEqual([false, false, false, true]);
    expect(outbox.isStuck.get()).toBe(false);
  });

  it("gives up in the end", async () => {
    await expect(newOutbox([1]).send(() => Promise.reject(away()))).rejects.toThrow("cannot be reached");
  });
});
