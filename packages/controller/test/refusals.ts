const JSON_OBJECT = "JSON object expected";
const PARAMETERS = "parameters malformed!";
const VERSION = "semantic version malformed";
const PUBLISH = /^Expected JsBoolean, but got /;
const REFERENCE =
  /^(fully qualified name malformed|requirement failed: (The fully qualified name|path (undefined|contains)).*)$/s;
const KIND =
  /^('kind' must be a string defined in 'exec'|The specified runtime '.*' is not supported by this platform\..*)$/s;

/**
 * What is on the wire when a place in a body is wrong, after the usual words before it. A place that the document has and
 * that is not here fails the tests, and so does the opposite.
 */
export const REFUSALS: readonly (readonly [place: RegExp, text: string | RegExp])[] = [
  [/^\w+Put$/, "Object expected in field 'exec'"],
  [/^\w+Put\.(parameters|annotations)(\[\].*)?$/, PARAMETERS],
  [/^\w+Put\.version$/, VERSION],
  [/^\w+Put\.publish$/, PUBLISH],
  [/^ActionPut\.exec$/, JSON_OBJECT],
  [/^ActionPut\.exec\/\w+\.kind$/, KIND],
  [
    /^ActionPut\.exec\/Code\w+\.code$/,
    /^('code' must be a string.* defined in 'exec' for '.*' actions|Could not deserialize as attachment record: .*)$/,
  ],
  [/^ActionPut\.exec\/BlackboxExec\.code$/, /^Could not deserialize as attachment record: /],
  [/^ActionPut\.exec\/CodeWithMainExec\.main$/, /^('main' must be|if defined, 'main' be) a string/],
  [/^ActionPut\.exec\/\w+\.main$/, /^if defined, 'main' be a string in 'exec' for '.*' actions$/],
  [
    /^ActionPut\.exec\/\w+\.image$/,
    /^('image' must be a string defined in 'exec' for 'blackbox' actions|could not parse image name)$/,
  ],
  [
    /^ActionPut\.exec\/SequenceExec\.components$/,
    /^('components' must be (defined for sequence kind|an array)|No component specified for the sequence\.|Too many actions in the sequence\.)$/,
  ],
  [/^ActionPut\.exec\/SequenceExec\.components\[\]/, REFERENCE],
  [/^RulePut\.(trigger|action)/, REFERENCE],
  [/^ActionPut\.limits$/, "Object expected in field 'timeout'"],
  [
    /^ActionPut\.limits\.timeout$/,
    /^(time limit malformed|requirement failed: (time limit must be whole number|duration -?\d+ milliseconds (exceeds|below) allowed threshold of \d+ milliseconds))$/,
  ],
  [
    /^ActionPut\.limits\.memory$/,
    /^(memory limit malformed|requirement failed: (memory limit must be whole number|a negative size of an object is not allowed\.|memory size \d+ MB (exceeds|below) allowed threshold of \d+ MB))$/,
  ],
  [
    /^ActionPut\.limits\.logs$/,
    /^(log limit malformed|requirement failed: (log limit must be whole number|a negative size of an object is not allowed\.|log size \d+ MB exceeds allowed threshold of \d+ MB))$/,
  ],
  [
    /^ActionPut\.limits\.concurrency$/,
    /^(concurrency limit malformed|requirement failed: (intra concurrency limit must be whole number|concurrency -?\d+ (exceeds|below) allowed threshold of \d+))$/,
  ],
  [
    /^ActionPut\.limits\.instances$/,
    /^(instance concurrency limit malformed|requirement failed: (instance concurrency limit must be whole number|Action container concurrency must be greater than or equal to 0\.)|Max action instance concurrency must not exceed your namespace concurrency of 30\.)$/,
  ],
  [/^ActionPut\.delAnnotations$/, /^Expected Array as JsArray, but got /],
  [/^ActionPut\.delAnnotations\[\]$/, /^Expected String as JsString, but got /],
  [/^PackagePut\.binding$/, "Object expected in field 'namespace'"],
  [
    /^PackagePut\.binding\.(namespace|name)$/,
    /^(Object is missing required member '(namespace|name)'|entity name malformed)$/,
  ],
  [/^TriggerPut\.limits$/, "Object expected in field 'limits'"],
  [/^RuleStatus$/, JSON_OBJECT],
  [
    /^RuleStatus\.status$/,
    /^(key not found: status|requirement failed: (.* is not a recognized rule state|argument undefined))$/,
  ],
  [/^Payload$/, JSON_OBJECT],
];
