"use strict";
// Runs Ballerina programs as actions, one new Java machine for each activation.
const { serve } = require("../native/serve.cjs");
const { ballerinaAction } = require("./ballerina-action.cjs");

serve(ballerinaAction);
