import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isPath } from './text.js';
import { describe, indexOf } from './variables.js';

test('a path has its name in whatever language, and in brackets what other systems call theirs', () => {
  for (const path of ['invoice.customer.email', 'anfrage.größe', 'body["order-id"]', 'trigger["What did you spend?"]', 'rows[0].name']) {
    assert.ok(isPath(path), path);
  }
  for (const formula of ['a + b', 'body.order-id', 'lower(name)', 'a?']) assert.ok(!isPath(formula), formula);
});

test('a pill below a value of open shape is called by what is written, in letters of any language', () => {
  const index = indexOf([{ title: 'A system calls', items: [{ path: 'body', label: 'Body', type: 'any' }] }]);
  assert.equal(describe('body.größe', index).label, 'Body größe');
  assert.equal(describe('body["order-id"]', index).label, 'Body order-id');
  assert.equal(describe('body.größe', index).broken, false);
});

test('what the trigger gives is found under its long name too, and a name that nothing gives is not', () => {
  const index = indexOf([{ title: 'A form', items: [{ path: 'amount', label: 'Amount', type: 'number' }] }]);
  assert.deepEqual(describe('trigger.amount', index), describe('amount', index));
  assert.equal(describe('trigger.amount', index).item.type, 'number');
  assert.equal(describe('trigger.amuont', index).broken, true);
});
