import type { EventOf } from '@agon/contracts';
import { reader, streamId } from '@agon/contracts';
import { Decisions, type Handled, MessageContext, OnEvent } from '@agon/messaging';
import { Refinements, Tellings } from '@agon/service-kit';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import * as conflict from './conflict/conflict.ts';
import * as flow from './flow/flow.ts';
import type { Moved } from './flow/moved.ts';
import * as sceneTension from './flow/scene-tension.ts';
import { asksOf } from './refinement/asks.ts';

/** Message → command. This service judges every game event that names a conflict. */
@Controller()
export class Handlers {
  constructor(
    private readonly decisions: Decisions,
    private readonly tellings: Tellings,
    private readonly refinements: Refinements,
  ) {}

  @OnEvent('ConflictBegan')
  conflictBegan(@Payload() { data }: EventOf<'ConflictBegan'>, @Ctx() { event }: MessageContext): Promise<Handled> {
    const { conflictId, conflictType } = data;
    return this.judge(
      event,
      conflictId,
      (telling) => ({ type: 'StartFlow', conflictId, conflictType, telling }),
      () => ({ type: 'BeginConflict', input: data, telling: this.tellings.of(event, `conflict-${conflictId}`) }),
    );
  }

  @OnEvent('PlayerChoiceMade')
  choiceMade(@Payload() { data }: EventOf<'PlayerChoiceMade'>, @Ctx() { event }: MessageContext): Promise<Handled> {
    const { conflictId, choice, cast } = data;
    return this.judge(
      event,
      conflictId,
      (telling) => ({ type: 'MoveByChoice', conflictId, choice, telling }),
      (moved) => ({ type: 'ApplyChoice', conflictId, choice, cast, moved }),
    );
  }

  @OnEvent('ConflictProgressed')
  progressed(@Payload() { data }: EventOf<'ConflictProgressed'>, @Ctx() { event }: MessageContext): Promise<Handled> {
    const { conflictId, intensityDelta, momentumDelta, progressDelta } = data;
    return this.judge(
      event,
      conflictId,
      (telling) => ({ type: 'MoveByProgress', conflictId, intensityDelta, momentumDelta, progressDelta, telling }),
      (moved) => ({ type: 'ApplyProgress', conflictId, moved }),
    );
  }

  @OnEvent('StakeholderActed')
  acted(@Payload() { data }: EventOf<'StakeholderActed'>, @Ctx() { event }: MessageContext): Promise<Handled> {
    const { conflictId, cast, ...act } = data;
    const { actionType, successProbability } = act;
    return this.judge(
      event,
      conflictId,
      (telling) => ({ type: 'MoveByAct', conflictId, actionType, successProbability, telling }),
      (moved) => ({ type: 'ApplyAct', conflictId, act, cast, moved }),
    );
  }

  @OnEvent('ConflictEnded')
  ended(@Payload() { data }: EventOf<'ConflictEnded'>, @Ctx() { event }: MessageContext): Promise<Handled> {
    const { conflictId, resolution, cast } = data;
    return this.judge(
      event,
      conflictId,
      (telling) => ({ type: 'EndFlow', conflictId, telling }),
      () => ({ type: 'ResolveConflict', conflictId, resolution, cast }),
    );
  }

  @OnEvent('SceneSynced')
  sceneSynced(@Payload() { data }: EventOf<'SceneSynced'>, @Ctx() { event }: MessageContext): Promise<Handled> {
    const flows = Object.fromEntries(data.conflictIds.map((id) => [`flow ${id}`, flowOf(event.storyId, id)]));
    const scene = { streamId: streamId('flow', event.storyId), decider: sceneTension.decider, select: selectScene };
    return this.decisions.handle(event, { ...flows, scene }, (states) => {
      const flowStates = Object.values(states).filter(isFlow);
      const command = { type: 'ReadScene', flows: flowStates, telling: this.tellings.of(event, 'flow') } as const;
      return [{ stream: 'scene', events: sceneTension.decide(command, states.scene) }];
    });
  }

  @OnEvent('RefinementAnswered')
  async refinementAnswered(
    @Payload() { data }: EventOf<'RefinementAnswered'>,
    @Ctx() { event }: MessageContext,
  ): Promise<Handled | undefined> {
    if (!this.refinements.isOwn(data)) return undefined;
    const { conflictId } = data;
    const streams = {
      conflict: conflictOf(event.storyId, String(conflictId)),
      refinements: this.refinements.of(event.storyId, conflictId),
    };
    return this.decisions.handle(event, streams, (states) => {
      const closed = states.conflict.status === 'resolved';
      return [{ stream: 'refinements', events: this.refinements.judge(data, closed, states.refinements) }];
    });
  }

  /** A flow moves only when its conflict takes the input: what the flow would do is decided first, and dropped if not. */
  private judge(
    event: MessageContext['event'],
    conflictId: string,
    move: (telling: ReturnType<Tellings['of']>) => flow.FlowCommand,
    command: (moved: Moved | null) => conflict.ConflictCommand,
  ): Promise<Handled> {
    const streams = {
      conflict: conflictOf(event.storyId, conflictId),
      flow: flowOf(event.storyId, conflictId),
      refinements: this.refinements.of(event.storyId, conflictId),
    };
    return this.decisions.handle(event, streams, (states) => {
      const moves = flow.decide(move(this.tellings.of(event, `flow-${conflictId}`)), states.flow);
      const judged = conflict.decide(command(flow.movedBy(states.flow, moves)), states.conflict);
      const moved = judged.some(conflict.isRefusal) ? [] : moves;
      const asks = asksOf(judged.reduce(conflict.evolve, states.conflict), [...judged, ...moved]);
      return [
        { stream: 'conflict', events: judged },
        { stream: 'flow', events: moved },
        { stream: 'refinements', events: this.refinements.ask(event, asks, states.refinements) },
      ];
    });
  }
}

const isFlow = (state: flow.FlowState | sceneTension.SceneTensionState): state is flow.FlowState => 'flow' in state;

const selectConflict = reader(conflict.CONFLICT_EVENTS);
const selectScene = reader(sceneTension.SCENE_EVENTS);
const selectFlow = reader(flow.FLOW_EVENTS);

const conflictOf = (storyId: string, conflictId: string) => ({
  streamId: streamId('conflict', storyId, conflictId),
  decider: conflict.decider,
  select: selectConflict,
});

const flowOf = (storyId: string, conflictId: string) => ({
  streamId: streamId('flow', storyId, conflictId),
  decider: flow.decider,
  select: selectFlow,
});
