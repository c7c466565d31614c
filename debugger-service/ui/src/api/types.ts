import type { components } from "./schema";

/** The service's schemas by their names, made from its `openapi.json`. */
export type Schemas = components["schemas"];

export type Project = Schemas["ProjectOut"];
export type Job = Schemas["JobOut"];
export type Jobs = Schemas["Page_JobOut_"];
export type JobError = Schemas["JobErrorOut"];
export type Row = Schemas["RowOut"];
export type RowDetail = Schemas["RowDetail"];
export type Issue = Schemas["IssueOut"];
export type IssueKind = Schemas["KindOut"];
export type Measured = Schemas["Measured"];
export type Version = Schemas["VersionOut"];
export type Decision = Schemas["DecisionIn"];
