#!/usr/bin/env node
'use strict';
const { createLoader } = require('./load.js');

const { main } = createLoader().load('analyze.cjs');
main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
