import type { EventOf, NpcProfile } from '@agon/contracts';
import { reader, streamId } from '@agon/contracts';
import { Decisions, type Handled, MessageContext, OnEvent } from '@agon/messaging';
import { Refinements, Tellings } from '@agon/service-kit';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import * as circle from './circle/circle.ts';
import { asksOf } from './refinement/asks.ts';

/** Message → command. The circle hears of what conflict-flow has accepted, and of who is present. */
@Controller()
export class Handlers {
  constructor(
    private readonly decisions: Decisions,
    private readonly tellings: Tellings,
    private readonly refinements: Refinements,
  ) {}

  @OnEvent('ConflictCreated')
  conflictCreated(@Payload() { data }: EventOf<'ConflictCreated'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId, cast } = data;
    return this.tell(context, cast, (telling) => [{ type: 'NoteConflict', conflictId, cast, telling }]);
  }

  @OnEvent('ActApplied')
  actApplied(@Payload() { data }: EventOf<'ActApplied'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId, socialAct: act, npcId, targetNpcId, cast } = data;
    const actor = cast.find((npc) => npc.npcId === npcId);
    const target = cast.find((npc) => npc.npcId === targetNpcId);
    return this.tell(context, cast, (telling) =>
      act === null || actor === undefined ? [] : [{ type: 'NoteAct', conflictId, act, actor, target, telling }],
    );
  }

  @OnEvent('ConflictResolved')
  resolved(@Payload() { data }: EventOf<'ConflictResolved'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId, resolution, cast } = data;
    return this.tell(context, cast, (telling) => [{ type: 'NoteResolution', conflictId, resolution, cast, telling }]);
  }

  @OnEvent('SceneSynced')
  sceneSynced(@Payload() { data }: EventOf<'SceneSynced'>, @Ctx() context: MessageContext): Promise<Handled> {
    return this.tell(context, data.cast, (telling) => [{ type: 'ObserveScene', present: data.cast, telling }]);
  }

  @OnEvent('RefinementAnswered')
  async refinementAnswered(
    @Payload() { data }: EventOf<'RefinementAnswered'>,
    @Ctx() { event }: MessageContext,
  ): Promise<Handled | undefined> {
    if (!this.refinements.isOwn(data)) return undefined;
    // What is whispered outlives every conflict that it is about.
    const streams = { refinements: this.refinements.of(event.storyId, null) };
    return this.decisions.handle(event, streams, ({ refinements }) => [
      { stream: 'refinements', events: this.refinements.judge(data, false, refinements) },
    ]);
  }

  private tell(
    { event }: MessageContext,
    cast: readonly NpcProfile[],
    commands: (telling: ReturnType<Tellings['of']>) => circle.CircleCommand[],
  ): Promise<Handled> {
    const streams = { circle: circleOf(event.storyId), refinements: this.refinements.of(event.storyId, null) };
    return this.decisions.handle(event, streams, (states) => {
      const told = commands(this.tellings.of(event, 'circle'));
      const facts = told.flatMap((command) => circle.decide(command, states.circle));
      return [
        { stream: 'circle', events: facts },
        { stream: 'refinements', events: this.refinements.ask(event, asksOf(facts, cast), states.refinements) },
      ];
    });
  }
}

const selectCircle = reader(circle.CIRCLE_EVENTS);

const circleOf = (storyId: string) => ({
  streamId: streamId('circle', storyId),
  decider: circle.decider,
  select: selectCircle,
});
