import type { Job, Project } from "@/api/types";

/** A job as the service tells of it, with what the test is about. */
export const job = (some: Partial<Job> = {}): Job => ({
  id: "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1",
  kind: "import",
  status: "succeeded",
  total: 100,
  done: 100,
  failed: 0,
  progress: 1,
  seconds_left: null,
  error: null,
  result: null,
  created_at: "2026-11-21T08:05:38.000Z",
  started_at: "2026-11-21T08:05:39.000Z",
  finished_at: null,
  ...some,
});

export const project = (some: Partial<Project> = {}): Project => ({
  id: "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2",
  name: "Chatbot",
  description: null,
  version: 1,
  rows: 10_003,
  analysis_id: "019aa1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b3",
  created_at: "2026-11-21T08:05:38.000Z",
  ...some,
});
