import { type DesignDocument, mapFunction } from "./map-function.ts";

/** Names of views, as upstream's configuration has them by default. */
export const VIEWS = {
  subjects: "subjects.v2.0.0",
  entities: "whisks.v2.1.0",
  activations: "whisks.v2.1.0",
  activationsByPath: "whisks-filters.v2.1.1",
} as const;

/** For replication of what is neither deleted nor a design document; every database has it. */
const snapshotFilters: DesignDocument = {
  name: "snapshotFilters",
  views: {},
  filters: {
    withoutDeletedAndDesignDocuments:
      'function (doc, req) { return !doc._deleted && doc._id.indexOf("_design/") !== 0; }',
  },
};

/** Design documents of the database of subjects and limits. */
export const subjectDesigns: readonly DesignDocument[] = [
  {
    name: VIEWS.subjects,
    views: {
      identities: {
        map: mapFunction(`
  if (!doc.namespaces || doc.blocked) return;
  doc.namespaces.forEach(function (each) {
    var value = { _id: each.name + "/limits", namespace: each.name, uuid: each.uuid, key: each.key };
    emit([each.name], value);
    emit([each.uuid, each.key], value);
  });`),
      },
    },
  },
  {
    name: "namespaceThrottlings",
    views: {
      blockedNamespaces: {
        map: mapFunction(`
  var isLimits = doc._id.indexOf("/limits") !== -1;
  if (isLimits && (doc.concurrentInvocations === 0 || doc.invocationsPerMinute === 0)) {
    emit(doc._id.replace("/limits", ""), 1);
  }
  if (!isLimits && doc.subject && doc.namespaces && doc.blocked) {
    doc.namespaces.forEach(function (each) { emit(each.name, 1); });
  }`),
        reduce: "_sum",
      },
    },
  },
  snapshotFilters,
];

/** Design documents of the database of actions, packages, rules and triggers. */
export const entityDesigns: readonly DesignDocument[] = [
  {
    name: VIEWS.entities,
    views: {
      actions: {
        map: mapFunction(
          `
  if (doc.exec === undefined) return;
  var value = summaryOf(doc);
  value.limits = doc.limits;
  value.exec = { binary: doc.exec.binary || false };
  emitUnderPath(doc, value);`,
          "summaryOf",
          "emitUnderPath",
        ),
        reduce: "_count",
      },
      packages: {
        map: mapFunction(
          `
  if (doc.binding === undefined) return;
  var value = summaryOf(doc);
  value.binding = Object.keys(doc.binding).length > 0 ? doc.binding : false;
  emit([doc.namespace, doc.updated], value);`,
          "summaryOf",
        ),
        reduce: "_count",
      },
      "packages-public": {
        map: mapFunction(
          `
  if (!doc.binding || !doc.publish || Object.keys(doc.binding).length > 0) return;
  var value = summaryOf(doc);
  value.binding = false;
  emit([doc.namespace, doc.updated], value);`,
          "summaryOf",
        ),
        reduce: "_count",
      },
      rules: {
        map: mapFunction(
          `
  if (doc.trigger === undefined) return;
  emitUnderPath(doc, 1);`,
          "emitUnderPath",
        ),
        reduce: "_count",
      },
      triggers: {
        map: mapFunction(
          `
  if (doc.exec !== undefined || doc.binding !== undefined || doc.parameters === undefined) return;
  emitUnderPath(doc, summaryOf(doc));`,
          "summaryOf",
          "emitUnderPath",
        ),
        reduce: "_count",
      },
    },
  },
  snapshotFilters,
];

/** Design documents of the database of activation records. */
export const activationDesigns: readonly DesignDocument[] = [
  {
    name: VIEWS.activations,
    views: {
      activations: {
        map: mapFunction(
          `
  if (doc.activationId === undefined) return;
  emit([doc.namespace, doc.start], recordOf(doc));`,
          "recordOf",
        ),
        reduce: "_count",
      },
    },
  },
  {
    name: VIEWS.activationsByPath,
    views: {
      activations: {
        map: mapFunction(
          `
  if (doc.activationId === undefined) return;
  var binding = annotationOf(doc, "binding");
  var path = String(annotationOf(doc, "path") || "").split("/");
  var name = doc.name;
  if (typeof binding === "string" && binding !== "") name = binding.split("/")[1] + "/" + doc.name;
  else if (path.length === 3) name = path[1] + "/" + doc.name;
  emit([doc.namespace + "/" + name, doc.start], recordOf(doc));`,
          "annotationOf",
          "recordOf",
        ),
        reduce: "_count",
      },
    },
  },
  {
    name: "activations",
    views: {
      byDate: {
        map: mapFunction(`
  if (doc.activationId !== undefined) emit(doc.start, [doc._id, doc._rev]);`),
      },
    },
  },
  {
    name: "logCleanup",
    views: {
      byDateWithLogs: {
        map: mapFunction(
          `
  if (doc.activationId === undefined || !doc.logs || doc.logs.length === 0) return;
  if (annotationOf(doc, "kind") !== "sequence") emit(doc.start, doc._id);`,
          "annotationOf",
        ),
      },
    },
  },
  snapshotFilters,
];
