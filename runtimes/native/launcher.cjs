"use strict";
// Runs executables as actions, one new process for each activation.
const { nativeAction } = require("./native-action.cjs");
const { serve } = require("./serve.cjs");

serve(nativeAction);
